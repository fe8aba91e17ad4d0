import { join } from 'node:path';
import type { Settings } from '../../lib/config/settings.js';
import type { Report } from '../../lib/log/event.js';
import type { DecodeRules } from '../../lib/rules/message/decode.js';
import { LateSpool } from '../spool/late-spool.js';
import { spoolPort } from '../spool/spool-port.js';
import type { Outside } from './outside.js';

/** Dependencies of {@link unitSpool}. */
export interface UnitSpoolDeps {
  readonly settings: Pick<Settings, 'spool_max_bytes' | 'spool_max_age_s'>;
  readonly decodeRules: DecodeRules;
  readonly stateDirectory: string;
  readonly report: Report;
  readonly outside: Pick<Outside, 'openSpool' | 'clock' | 'scheduler' | 'random'>;
}

/** The spool of the unit, not open yet. */
export const unitSpool = ({
  settings,
  decodeRules,
  stateDirectory,
  report,
  outside: { openSpool, clock, scheduler, random },
}: UnitSpoolDeps): LateSpool => {
  const broken = (detail: string): void => report({ kind: 'spool-broken', detail });
  return new LateSpool({
    open: () =>
      openSpool({
        path: join(stateDirectory, 'spool.ndjson'),
        maxBytes: settings.spool_max_bytes,
        broken,
        newer: (found) => report({ kind: 'state-newer', ...found }),
      }),
    portOf: (file) => spoolPort({ file, decodeRules, maxAgeMs: settings.spool_max_age_s * 1_000, clock }),
    broken,
    retry: { baseMs: 100, capMs: 60_000 },
    scheduler,
    random,
  });
};
