import { jsonLine, printable } from '../util/printable.js';
import type { Delivery } from './deliveries.js';
import type { Step } from './step.js';

/** How parts of a text are highlighted, if at all. */
export interface Style {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly faint: (text: string) => string;
}

const signs: Readonly<Record<Step['verdict'], string>> = { passes: '✓', waits: '…', ends: '✗' };

/** Steps as lines for a terminal: the finding, and below it the rule. Control characters are escaped. */
export const stepLines = (steps: readonly Step[], { good, bad, faint }: Style): readonly string[] =>
  steps.flatMap(({ step, verdict, text, rule, decidedBy }) => {
    const sign = (verdict === 'ends' ? bad : good)(signs[verdict]);
    const by = decidedBy === undefined ? [] : wrapped(`→ ${printable(decidedBy)}`);
    return [
      `  ${sign} ${step.padEnd(7)}  ${printable(text, 1_000)}`,
      ...[...wrapped(rule), ...by].map((line) => `             ${faint(line)}`),
    ];
  });

/** The width of a rule's lines, characters. */
const width = 100;

/** Wraps a text at spaces. */
const wrapped = (text: string): readonly string[] => {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
};

/** Packets as lines for a terminal. Control characters are escaped as in JSON. */
export const deliveryLines = (packets: readonly Delivery[]): readonly string[] =>
  packets.map(({ to, notification }) => `  UDP to ${printable(to)}: ${jsonLine(notification)}`);
