import type { Settlement } from '../../lib/rules/settlement.js';
import { resultOf } from '../../lib/rules/tally.js';
import { jsonLine, printable } from '../../lib/util/printable.js';
import type { Notification } from '../../sim/app.js';

/** A settlement as a line: name or topic, result, time taken, and for a dead letter why. */
export const settlementLine = (settlement: Settlement): string => {
  const { publish, message, tookMs } = settlement;
  const name = message?.name ?? `(on ${publish.topic})`;
  const result = resultOf(settlement);
  const why = settlement.kind === 'dead-lettered' ? `  ${settlement.detail}` : '';
  return `    ${printable(name, 60).padEnd(28)}  ${result.padEnd(14)}  ${milliseconds(tookMs)}${printable(why)}`;
};

/** The line for a UDP packet that the app received. */
export const notificationLine = (notification: Notification): string =>
  `      UDP → ${jsonLine(notification)}`;

const milliseconds = (ms: number): string => `${Math.round(ms)} ms`.padStart(7);
