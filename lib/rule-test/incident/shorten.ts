import type { IntegrationSet } from '../../rules/routing/integrations.js';
import { arrivals, type Ending, endings, type Happening, type Incident, type RunTest } from './incident.js';
import { firstOfEachKind, integrationOf } from './kinds.js';

/** The maximum number of messages in a test from a capture: as many as a reader looks at. */
export const maxMessages = 20;

/** An incident without what its messages don't need to end as they did. */
export interface Shortened {
  readonly incident: Incident;
  /** How each of its messages ends, at full resolution. */
  readonly ends: ReadonlyMap<number, Ending>;
  /** Messages of further kinds, for which there was no room. */
  readonly noRoom: number;
  /** Messages that ended as they did only because of many others, such as an overflow. */
  readonly needMany: number;
}

/**
 * Keeps the first message of each kind, and of all else only what these need to end in the same way: messages in front of
 * them, changes of the live set, outages of cvmain. `incident` has frames of 1 ms.
 */
export const shortened = (incident: Incident, run: RunTest): Shortened => {
  const ends = endings(incident, run);
  const kinds = firstOfEachKind(incident, ends);
  const wanted = new Set(kinds.slice(0, maxMessages));
  const noRoom = kinds.length - wanted.size;
  const isWanted = (each: Happening): boolean => each.kind !== 'publish' || wanted.has(each.id);
  let best = incident;
  const accept = (happenings: readonly Happening[]): boolean => {
    const candidate = { ...best, happenings };
    if (!endSame(candidate, ends, wanted, run)) return false;
    best = candidate;
    return true;
  };
  let needMany = 0;
  if (!accept(incident.happenings.filter(isWanted))) {
    dropParts(incident.happenings, (each) => each.kind === 'publish' && wanted.has(each.id), accept);
    while (arrivals(best).length > maxMessages && wanted.size > 0) {
      const alone = endings({ ...incident, happenings: incident.happenings.filter(isWanted) }, run);
      const others = [...wanted].filter((id) => !isSame(alone.get(id), ends.get(id)));
      for (const id of others.length > 0 ? others : [...wanted].slice(-1)) {
        wanted.delete(id);
        needMany += 1;
      }
      accept(incident.happenings.filter(isWanted));
    }
  }
  dropParts(best.happenings, (each) => each.kind === 'publish' && wanted.has(each.id), accept);
  const named = new Set(arrivals(best).map(({ sent }) => integrationOf(sent, incident.given) ?? ''));
  const only = (set: IntegrationSet): IntegrationSet => new Map([...set].filter(([name]) => named.has(name)));
  accept(withSets(best.happenings, only));
  accept(withSets(best.happenings, withoutAddresses));
  return { incident: best, ends: endings(best, run), noRoom, needMany };
};

/** Whether each of these messages ends as in `ends`, having waited or not. */
export const endSame = (
  incident: Incident,
  ends: ReadonlyMap<number, Ending>,
  messages: Iterable<number>,
  run: RunTest,
): boolean => {
  const now = endings(incident, run);
  return [...messages].every((id) => isSame(now.get(id), ends.get(id)));
};

/** Like {@link endSame}, but a message may end at once that waited shortly. */
export const endAlike = (
  incident: Incident,
  ends: ReadonlyMap<number, Ending>,
  messages: Iterable<number>,
  run: RunTest,
): boolean => {
  const now = endings(incident, run);
  return [...messages].every((id) => now.get(id)?.result === ends.get(id)?.result);
};

const isSame = (one: Ending | undefined, other: Ending | undefined): boolean =>
  one?.result === other?.result && waited(one) === waited(other);

const waited = (ending: Ending | undefined): boolean => ending !== undefined && ending.ended > ending.arrived;

/** Drops as many happenings as possible: halves, quarters, in the end single ones. */
const dropParts = (
  all: readonly Happening[],
  stays: (happening: Happening) => boolean,
  accept: (happenings: readonly Happening[]) => boolean,
): void => {
  let left = all;
  for (let size = Math.ceil(all.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < left.length; ) {
      const fewer = left.filter((each, at) => at < from || at >= from + size || stays(each));
      if (fewer.length < left.length && accept(fewer)) left = fewer;
      else from += size;
    }
  }
};

const withSets = (
  happenings: readonly Happening[],
  change: (set: IntegrationSet) => IntegrationSet,
): readonly Happening[] =>
  happenings.map((each) => (each.kind === 'set' ? { ...each, set: change(each.set) } : each));

const withoutAddresses = (set: IntegrationSet): IntegrationSet =>
  new Map([...set.keys()].map((name) => [name, { name }]));
