import { drawDiagram, type Marble } from '../lib/util/marble-diagram.js';
import type { Violation } from './ledger.js';
import type { Plan } from './plan.js';
import type { Row, TraceEvent } from './trace.js';

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const digits = '123456789';

/** The rows from top to bottom, with their labels. */
const rows: readonly (readonly [Row, string])[] = [
  ['server', 'the server sends'],
  ['broker', 'the broker delivers'],
  ['call', 'cvmain is called for'],
  ['notified', 'cvmain notifies'],
  ['answer', 'cvmain answers'],
  ['settled', 'settled'],
  ['puback', 'PUBACK'],
  ['fault', 'faults'],
];

/** A run as a marble diagram: a column is a step in which something happened, a letter a message, a digit a fault. */
export const diagramOf = (plan: Plan, events: readonly TraceEvent[], violation: Violation): string => {
  const marks = new Map<number, string>();
  const faults: string[] = [];
  const columns = new Map<number, number>();
  const marbles = new Map<Row, Marble[]>();
  const mark = (row: Row, step: number, letter: string): void => {
    const frame = columns.get(step) ?? columns.size;
    columns.set(step, frame);
    marbles.set(row, [...(marbles.get(row) ?? []), { frame, mark: letter }]);
  };
  for (const { at, step, row, what, message } of events) {
    if (row === 'fault' && message === undefined) {
      const digit = digits[faults.length] ?? '?';
      faults.push(`${digit} = ${seconds(at)} ${what}`);
      mark(row, step, digit);
    } else if (message !== undefined) {
      const letter = marks.get(message) ?? letters[marks.size] ?? '?';
      marks.set(message, letter);
      mark(row, step, letter);
    }
  }
  const drawn = rows.flatMap(([row, title]) => {
    const own = marbles.get(row);
    if (own === undefined) return [];
    return drawDiagram(own, columns.size).map((line, n) => `  ${(n === 0 ? title : '').padEnd(20)} ${line}`);
  });
  const legend = [...marks].map(([id, letter]) => {
    const send = plan.events.find(({ what }) => what.kind === 'send' && what.id === id);
    return `  ${letter} = ${seconds(send?.at ?? 0)} ${JSON.stringify(send?.what)}`;
  });
  return [
    ...drawn,
    ...legend,
    ...faults.map((fault) => `  ${fault}`),
    `  at ${seconds(violation.at)}, step ${violation.step}: ${violation.invariant}: ${violation.detail}`,
  ].join('\n');
};

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(3)} s`;
