import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Invariant } from './ledger.js';
import type { Plan } from './plan.js';

/** A bug that was found, as its shrunk plan. */
export interface Found {
  readonly name: string;
  /** What happened, in one line. */
  readonly story: string;
  /** What was not as promised. */
  readonly invariant: Invariant;
  /** It must not happen any more. */
  readonly isMended: boolean;
  readonly plan: Plan;
}

const directory = fileURLToPath(new URL('found/', import.meta.url));

/** All that were found: a file each in `found/`, written by `--keep`. */
export const allFound = (): readonly Found[] =>
  readdirSync(directory).map((file) => ({
    name: file.replace('.json', ''),
    ...JSON.parse(readFileSync(`${directory}${file}`, 'utf8')),
  }));

/** What is known to be not as promised: where it fails so, nothing new is found. */
export const knownInvariants = (): readonly Invariant[] => [
  ...new Set(
    allFound()
      .filter(({ isMended }) => !isMended)
      .map(({ invariant }) => invariant),
  ),
];

/** The file of a find. */
export const foundPath = (name: string): string => `${directory}${name}.json`;
