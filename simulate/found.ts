import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Invariant } from './ledger.js';
import type { Plan } from './plan.js';

/** A bug that the simulation found, with its shrunk plan. */
export interface Found {
  readonly name: string;
  /** What happened, as one line of text. */
  readonly story: string;
  /** The violated invariant. */
  readonly invariant: Invariant;
  /** A mended bug must not happen again; an open one must still happen. */
  readonly isMended: boolean;
  readonly plan: Plan;
}

const directory = fileURLToPath(new URL('found/', import.meta.url));

/** All bugs found: one file each in `found/`, written by `--keep`. */
export const allFound = (): readonly Found[] =>
  readdirSync(directory).map((file) => ({
    name: file.replace('.json', ''),
    ...JSON.parse(readFileSync(`${directory}${file}`, 'utf8')),
  }));

/** Invariants of bugs that are not mended: a violation of one of them is nothing new. */
export const knownInvariants = (): readonly Invariant[] => [
  ...new Set(
    allFound()
      .filter(({ isMended }) => !isMended)
      .map(({ invariant }) => invariant),
  ),
];

/** Path of the file of a bug. */
export const foundPath = (name: string): string => `${directory}${name}.json`;
