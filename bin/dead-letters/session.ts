import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Clock } from '../../lib/clock/clock.js';
import { systemClock } from '../../lib/clock/system-clock.js';
import { problemLine } from '../../lib/config/problem.js';
import { readUnit, type Unit } from '../../lib/config/unit.js';
import type { Letter } from '../../lib/dead-letters/letter.js';
import { type DeadLetters, openDeadLetters } from '../../lib/dead-letters/letters.js';
import { type Mark, readMarks } from '../../lib/dead-letters/marks.js';
import type { Known } from '../../lib/dead-letters/show.js';
import { stateOf } from '../../lib/dead-letters/state.js';
import { topicFilter } from '../../lib/rules/message/topic-filter.js';
import { printable } from '../../lib/util/printable.js';
import { type Rules, rulesOf } from '../../streams/rules.js';
import { complain } from '../command.js';
import { exitCode } from '../exit-codes.js';
import { stateDirectoryOf } from '../state-directory.js';

/** The open dead letters of a unit, and the rules and the live set of this moment. */
export interface Session {
  readonly unit: Unit;
  readonly rules: Rules;
  readonly directory: string;
  readonly letters: DeadLetters;
  readonly marks: ReadonlyMap<string, Mark>;
  readonly clock: Clock;
}

/** Why a command failed, in one line, and its exit code. */
export interface Failure {
  readonly detail: string;
  readonly exitCode: number;
}

/** Opens a unit's dead letters in the state directory that `cvmqtt run` would use. The caller closes `letters`. */
export const openSession = async (
  root: string,
  stateDir: string | undefined,
): Promise<E.Either<Failure, Session>> => {
  const unit = await readUnit(resolve(root));
  if (E.isLeft(unit)) return E.left({ detail: problemLine(unit.left), exitCode: exitCode.config });
  const { config, filters } = unit.right;
  const directory = stateDirectoryOf(stateDir, process.env, config.layout.state);
  const marks = await readMarks(directory);
  if (E.isLeft(marks)) return E.left({ detail: marks.left, exitCode: exitCode.failed });
  const letters = await openDeadLetters(directory);
  if (E.isLeft(letters)) return E.left({ detail: letters.left, exitCode: exitCode.failed });
  const subscribed = (filters ?? []).map(topicFilter);
  return E.right({
    unit: unit.right,
    rules: rulesOf({
      settings: config.settings,
      cvmain: config.cvmain,
      filters: () => subscribed,
      filtersAreGuessed: () => filters === undefined,
    }),
    directory,
    letters: letters.right,
    marks: marks.right,
    clock: systemClock,
  });
};

/** Yields all letters; skips broken lines, and reports them on stderr and with their number to `broken`. */
export async function* readable(
  { letters }: Session,
  broken: (lines: number) => void = () => undefined,
): AsyncGenerator<Letter> {
  for await (const each of letters.read()) {
    if ('id' in each) yield each;
    else {
      complain(`cvmqtt dead-letters: ${printable(`${each.file}:${each.line}: ${each.detail}`)}; skipped`);
      broken(each.lines);
    }
  }
}

/** A letter with its mark and its state. */
export const known = ({ rules, marks, clock }: Session, letter: Letter): Known => {
  const mark = marks.get(letter.id);
  return { letter, mark, state: stateOf(rules.decodeRules, letter, mark, clock) };
};
