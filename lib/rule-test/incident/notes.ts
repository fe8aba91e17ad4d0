import { plural } from '../../util/plural.js';
import { printable } from '../../util/printable.js';
import type { Given } from '../given.js';
import { maxRecorded, type Recorded } from './from-records.js';
import type { Shortened } from './shorten.js';

/** What a test does not have of an incident, a line for each. `leftOut`: why messages can't be written. */
export const notesOn = (
  recorded: Recorded,
  given: Given,
  { noRoom, needMany }: Pick<Shortened, 'noRoom' | 'needMany'>,
  leftOut: readonly string[],
): readonly string[] => {
  const when = (applies: boolean, note: string): readonly string[] => (applies ? [note] : []);
  const { isCut, brokenLines, knowsOutages, knowsSets, badCalls } = recorded;
  return [
    ...reasonsFor(leftOut),
    ...when(noRoom > 0, `${plural(noRoom, 'other kind')} of messages, as there is no room`),
    ...when(needMany > 0, `${plural(needMany, 'message')} that ended so only among many others`),
    ...when(isCut, `what came after the first ${maxRecorded} messages`),
    ...when(brokenLines > 0, plural(brokenLines, 'broken line')),
    ...when(!knowsOutages, 'when cvmain was away, which nothing says: it accepts each call'),
    ...when(
      !knowsSets && given.registered.size === 0,
      'which apps were registered, which nothing says: none is',
    ),
    ...when(badCalls === undefined, 'calls that cvmain refused or failed, which a capture does not know'),
    ...when(
      badCalls !== undefined && badCalls > 0,
      `${plural(badCalls ?? 0, 'call')} that cvmain refused or failed`,
    ),
  ];
};

const reasonsFor = (leftOut: readonly string[]): readonly string[] => {
  const counts = new Map<string, number>();
  for (const each of leftOut) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${plural(count, 'message')}, as ${printable(reason)}`);
};
