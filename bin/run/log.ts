import { performance } from 'node:perf_hooks';
import type { Report } from '../../lib/log/event.js';
import { lineOutput } from '../../lib/log/line-output.js';
import { logger } from '../../lib/log/logger.js';
import type { Level } from '../../lib/log/record.js';
import { printable } from '../../lib/util/printable.js';
import { complain } from '../command.js';
import { isJournalStream } from '../journal.js';
import { stderrStream } from '../stderr.js';

/** Says why the daemon does not start. */
export const refuse = (detail: string): void => complain(`cvmqtt: ${printable(detail)}`);

/** The daemon's log, on stderr. */
export const daemonLog = (level: Level): Report => {
  const stream = stderrStream();
  const log: Report = logger({
    level,
    format: process.stderr.isTTY ? 'text' : 'json',
    toJournal: isJournalStream(2),
    now: () => new Date(),
    uptime: () => performance.now(),
    later: (task, ms) => void setTimeout(task, ms).unref(),
    write: lineOutput(stream, (entries) => log({ kind: 'log-entries-dropped', entries })),
  });
  return log;
};
