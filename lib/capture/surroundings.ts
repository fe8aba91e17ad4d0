import type { IntegrationSet } from '../rules/routing/integrations.js';
import { presenceLine, setLine } from './write-line.js';

/** What surrounds the messages of a capture; undefined until it is known. */
export interface Surroundings {
  readonly set: IntegrationSet | undefined;
  /** Whether cvmain serves. */
  readonly serves: boolean | undefined;
}

/** Nothing is known. */
export const unknownSurroundings: Surroundings = { set: undefined, serves: undefined };

/** The lines that follow a header: what is known at that time. */
export const surroundingLines = ({ set, serves }: Surroundings): readonly string[] => [
  ...(set === undefined ? [] : [setLine({ kind: 'set', offsetMs: 0, integrations: set })]),
  ...(serves === undefined ? [] : [presenceLine({ kind: 'cvmain', offsetMs: 0, serves })]),
];
