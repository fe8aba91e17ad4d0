import type { StepName } from '../rules/steps.js';

/** One check by a step of the pipeline: what it found, and by which rule. A step may have several checks. */
export interface Step {
  readonly step: StepName;
  /** `waits`: the message passes once something has happened. `ends`: it is not delivered, and nothing follows. */
  readonly verdict: 'passes' | 'waits' | 'ends';
  /** The finding. Untrusted: it contains names as received. */
  readonly text: string;
  /** The rule, and where it is documented. */
  readonly rule: string;
  /** The setting or the file that decides, and its value. */
  readonly decidedBy?: string;
}

/** A step as JSON, where it is shown to programs (docs/json.md). */
export const stepToJson = ({ decidedBy, ...same }: Step) => ({
  ...same,
  ...(decidedBy === undefined ? {} : { decided_by: decidedBy }),
});

/** The inverse of {@link stepToJson}. */
export const stepOfJson = ({ decided_by, ...same }: ReturnType<typeof stepToJson>): Step => ({
  ...same,
  ...(decided_by === undefined ? {} : { decidedBy: decided_by }),
});
