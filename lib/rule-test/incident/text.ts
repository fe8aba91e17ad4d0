import * as E from 'fp-ts/lib/Either.js';
import { compactDuration } from '../../util/duration.js';
import { drawDiagram, type Marble } from '../../util/marble-diagram.js';
import { printable } from '../../util/printable.js';
import type { Given } from '../given.js';
import { resultKeys } from '../lines.js';
import { showPublish, showSet } from '../show-value.js';
import { asRuleTest, endings, type Incident, type RunTest } from './incident.js';

/** Letters of messages, and of sets: a letter can't be both. */
const [messageLetters, setLetters] = ['abcdefghijklmnopqrstuvwxyz0123456789', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/** Gives out letters: the same one for the same value. Undefined when there are no more. */
const lettersFrom = (letters: string) => {
  const values = new Map<string, string>();
  return {
    values,
    of: (value: string): string | undefined => {
      const letter = values.get(value) ?? letters[values.size];
      if (letter !== undefined) values.set(value, letter);
      return letter;
    },
  };
};

/**
 * The lines of a test that expects what `run` finds. `pinned`: what a test says by itself, as its defaults are others. Left:
 * why it can't be written.
 */
export const testLines = (
  name: string,
  incident: Incident,
  pinned: Pick<Given, 'filters'>,
  run: RunTest,
): E.Either<string, readonly string[]> => {
  const { given } = incident;
  const test = asRuleTest(incident);
  const [messages, sets] = [lettersFrom(messageLetters), lettersFrom(setLetters)];
  const letters = new Map<number, string>();
  const rows: (readonly [key: string, marbles: readonly Marble[]])[] = [];
  const publishes: Marble[] = [];
  for (const { frame, letter: id, sent } of test.publishes) {
    const value = showPublish(sent, given.filters);
    if (E.isLeft(value)) return value;
    const letter = messages.of(value.right);
    if (letter === undefined) return E.left(`has more than ${messageLetters.length} different messages`);
    letters.set(Number(id), letter);
    publishes.push({ frame, mark: letter });
  }
  const changes: Marble[] = [];
  for (const { frame, set } of test.sets) {
    const letter = sets.of(showSet(set));
    if (letter === undefined) return E.left(`has more than ${setLetters.length} different sets of apps`);
    changes.push({ frame, mark: letter });
  }
  rows.push(['cvmain', test.manners.map(({ frame, manner }) => ({ frame, mark: manner }))]);
  rows.push(['set', changes], ['publish', publishes]);
  const ends = [...endings(incident, run)];
  for (const key of resultKeys) {
    const ended = ends.filter(([, { result }]) => result === key);
    rows.push([key, ended.map(([id, { ended: frame }]) => ({ frame, mark: letters.get(id) ?? '' }))]);
  }
  const columns = Math.max(test.length, ...ends.map(([, { ended }]) => ended + 1));
  const drawn = rows.filter(([, marbles]) => marbles.length > 0);
  const width = Math.max(...drawn.map(([key]) => key.length));
  return E.right([
    `test ${printable(name)}`,
    `  frame ${compactDuration(given.frameMs)}`,
    ...(given.filters.join(' ') === pinned.filters.join(' ') ? [] : [`  filters ${given.filters.join(' ')}`]),
    `  registered ${showSet(given.registered)}`.trimEnd(),
    ...drawn.flatMap(([key, marbles]) =>
      drawDiagram(marbles, columns).map((row) => `  ${key.padEnd(width)}  ${row}`),
    ),
    ...[...messages.values, ...sets.values].map(([value, letter]) => `  ${letter} = ${value}`.trimEnd()),
  ]);
};
