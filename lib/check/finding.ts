/**
 * How bad a finding is. `error`: messages are not delivered, or not safely, until someone acts. `warning`: it may heal by
 * itself, or become an error later.
 */
export type Level = 'ok' | 'warning' | 'error';

/** One thing that was checked. No text has a token or a password. */
export interface Finding {
  /** The file or neighbour that it is about. */
  readonly subject: string;
  readonly level: Level;
  /** Stable, for programs. */
  readonly code: string;
  readonly text: string;
  /** What to do; absent for `ok`. */
  readonly advice?: string;
}

/** A good finding. */
export const good = (subject: string, code: string, text: string): Finding => ({
  subject,
  level: 'ok',
  code,
  text,
});

/** A warning. */
export const warning = (subject: string, code: string, text: string, advice: string): Finding => ({
  subject,
  level: 'warning',
  code,
  text,
  advice,
});

/** An error. */
export const failing = (subject: string, code: string, text: string, advice: string): Finding => ({
  subject,
  level: 'error',
  code,
  text,
  advice,
});

/** The code of invalid settings: the only finding for which the daemon itself ends (docs/architecture.md#decision-18). */
export const settingsInvalid = 'settings-invalid';

/** The verdict on all findings: `config` for invalid settings; with `strict`, warnings count as errors. */
export const verdictOf = (findings: readonly Finding[], strict: boolean): 'good' | 'failed' | 'config' => {
  if (findings.some(({ code }) => code === settingsInvalid)) return 'config';
  const isBad = ({ level }: Finding): boolean => level === 'error' || (strict && level === 'warning');
  return findings.some(isBad) ? 'failed' : 'good';
};
