import { plural } from '../util/plural.js';
import { showSize } from '../util/size.js';
import { removed } from './allowed.js';

/** A part of the archive as it was collected. */
export interface CollectedPart {
  /** Its path in the archive. */
  readonly file: string;
  /** What it is, in a few words. */
  readonly about: string;
  readonly lines: readonly string[];
  /** What could not be read, or was left out. */
  readonly problems: readonly string[];
}

/** The table of contents: each part with its size and what is missing in it. */
export const contentsLines = (parts: readonly CollectedPart[], withPayloads: boolean): readonly string[] => [
  `What cvmqtt diag collected, ${withPayloads ? 'with' : 'without'} payloads.`,
  `Secrets were taken out: there it says ${removed}.`,
  '',
  ...parts.flatMap(({ file, about, lines, problems }) => [
    `${file.padEnd(28)} ${about}; ${plural(lines.length, 'line')}, ${showSize(sizeOf(lines))}`,
    ...problems.map((problem) => `${' '.repeat(28)} missing: ${problem}`),
  ]),
];

const sizeOf = (lines: readonly string[]): number =>
  lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
