import { describe } from '../../lib/log/describe.js';
import type { DaemonEvent } from '../../lib/log/event.js';
import { brokerLines } from './log/broker.js';
import type { LinesOf } from './log/line.js';
import { messageLines } from './log/messages.js';
import { unitLines } from './log/unit.js';
import { markdownTable } from './table.js';

/** All lines of the log, by the event. The compiler asks for each new kind of event. */
export const logLines: LinesOf<DaemonEvent['kind']> = { ...unitLines, ...brokerLines, ...messageLines };

/** The lines of the log as the daemon writes them, each with its level, its meaning, and what to do. */
export const logLinesTable = (): string =>
  markdownTable([
    ['event', 'level', 'line', 'what it means', 'what to do'],
    ...Object.values(logLines)
      .flat()
      .map(({ event, means, todo }) => {
        const { level, message } = describe(event);
        return [`\`${event.kind}\``, level, `\`${message}\``, means, todo];
      }),
  ]);
