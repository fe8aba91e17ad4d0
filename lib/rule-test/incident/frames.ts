import { maxColumns } from '../../util/marble-diagram.js';
import {
  arrivals,
  asRuleTest,
  type Ending,
  endings,
  type Happening,
  type Incident,
  type RunTest,
} from './incident.js';
import { endAlike, endSame } from './shorten.js';

/** The lengths of a frame, ms, best first. */
const frameLengths = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 500, 100, 10, 1];

/** The columns that fit a terminal. */
const terminalColumns = 90;

/**
 * The incident in frames: with the first length of a frame with which each message ends as in `ends` and has waited if it
 * did, in as few columns as fit a terminal, or else a diagram; or else without the shortest waits. Begins with the first message, and quiet times, in which no
 * message waits, take one empty frame. Undefined if no length will do.
 */
export const inFrames = (
  incident: Incident,
  ends: ReadonlyMap<number, Ending>,
  run: RunTest,
): Incident | undefined => {
  const ids = arrivals(incident).map(({ id }) => id);
  const begun = fromFirstMessage(incident);
  const candidates = frameLengths.map((frameMs) => quietTimesCut(begun, ends, frameMs));
  for (const same of [endSame, endAlike]) {
    for (const columns of [terminalColumns, maxColumns]) {
      const found = candidates.find((each) => columnsOf(each, run) <= columns && same(each, ends, ids, run));
      if (found !== undefined) return found;
    }
  }
  return undefined;
};

/** The state before the first message as what holds at the start. */
const fromFirstMessage = ({ given, happenings }: Incident): Incident => {
  const first = happenings.findIndex(({ kind }) => kind === 'publish');
  const before = happenings.slice(0, Math.max(0, first));
  const set = before.findLast((each) => each.kind === 'set');
  const cvmain = before.findLast((each) => each.kind === 'cvmain');
  const at = happenings[first]?.at ?? 0;
  return {
    given: { ...given, registered: set?.kind === 'set' ? set.set : given.registered },
    happenings: [
      ...(cvmain?.kind === 'cvmain' && cvmain.manner !== '+' ? [{ ...cvmain, at }] : []),
      ...happenings.slice(Math.max(0, first)),
    ],
  };
};

const quietTimesCut = (
  { given, happenings }: Incident,
  ends: ReadonlyMap<number, Ending>,
  frameMs: number,
): Incident => {
  let cutMs = happenings[0]?.at ?? 0;
  /** When the last message so far ended. */
  let busyUntil = cutMs;
  const placed = happenings.map((each): Happening => {
    const quietMs = each.at - busyUntil;
    if (quietMs > 2 * frameMs) cutMs += quietMs - 2 * frameMs;
    const ended = each.kind === 'publish' ? ends.get(each.id)?.ended : undefined;
    busyUntil = Math.max(busyUntil, each.at, ended ?? 0);
    return { ...each, at: each.at - cutMs };
  });
  return { given: { ...given, frameMs }, happenings: placed };
};

const columnsOf = (incident: Incident, run: RunTest): number => {
  const { length } = asRuleTest(incident);
  if (length > maxColumns) return length;
  return Math.max(length, ...[...endings(incident, run).values()].map(({ ended }) => ended + 1));
};
