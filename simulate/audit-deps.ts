import type { Agenda } from './engine/agenda.js';
import type { Invariant, Ledger } from './ledger.js';
import type { ModelDisk } from './model/disk.js';
import type { Site } from './model/site.js';

/** What the audit observes. */
export interface AuditDeps {
  readonly agenda: Agenda;
  readonly ledger: Ledger;
  readonly disk: ModelDisk;
  readonly site: Site;
  readonly ignored: ReadonlySet<Invariant>;
  readonly startedAt: () => number;
  /** True if the running daemon has opened its spool. */
  readonly isSpoolOpen: () => boolean;
  /** Uptime of the running daemon, ms. */
  readonly uptimeMs: () => number;
}
