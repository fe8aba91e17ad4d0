import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { LetterFilter } from '../lib/dead-letters/select.js';
import { reasons } from '../lib/rules/rejection.js';
import { parseDuration } from '../lib/util/duration.js';
import { nearest } from '../lib/util/nearest.js';
import { printable } from '../lib/util/printable.js';
import { type Command, complain, parseCommandLine, wrongUsage } from './command.js';
import { list } from './dead-letters/list.js';
import { replay } from './dead-letters/replay.js';
import { type Failure, openSession, type Session } from './dead-letters/session.js';
import { show } from './dead-letters/show.js';
import { stateDirOption } from './state-directory.js';
import { configDirectory, type Options, type Usage } from './usage.js';

const common = {
  'state-dir': stateDirOption,
} as const satisfies Options;
const json = {
  json: { type: 'boolean', default: false, help: 'list, show: one line of JSON for each' },
} as const satisfies Options;
const filters = {
  reason: { type: 'string', value: 'REASON', help: `filter: ${reasons.join(', ')}`, words: reasons },
  integration: { type: 'string', value: 'NAME', help: 'filter: only for this app' },
  key: { type: 'string', value: 'KEY', help: 'filter: only messages with this key, as in the log' },
  since: { type: 'string', value: 'AGE', help: 'filter: at most this old: 90s, 2h, 1d' },
} as const satisfies Options;

const tasks = {
  list: { ...filters, ...common, ...json },
  show: { ...common, ...json },
  replay: {
    ...filters,
    ...common,
    all: { type: 'boolean', default: false, help: 'replay: all that match the filter, instead of IDs' },
    'dry-run': {
      type: 'boolean',
      default: false,
      help: 'replay: send nothing, show what would become of each',
    },
    yes: { type: 'boolean', default: false, help: 'replay: required with --all' },
    stale: { type: 'boolean', default: false, help: 'replay: include expired ones' },
  },
} as const satisfies Readonly<Record<string, Options>>;

const usage: Usage = {
  name: 'dead-letters',
  forms: [
    ['list <config-dir> [filter] [--json]', 'what was not delivered, and why'],
    ['show <config-dir> ID [--json]', 'one in full, and how it would be decided now'],
    ['replay <config-dir> ID... [options]', 'sends these again, the oldest first'],
    ['replay <config-dir> --all [filter] [options]', 'sends all that are not stale and not replayed'],
  ],
  arguments: [
    { name: 'list|show|replay', words: Object.keys(tasks) },
    configDirectory,
    { name: 'ID', help: 'as shown by list; a unique prefix will do', many: true },
  ],
  options: { ...tasks.replay, ...tasks.list },
  tasks,
  notes:
    'Replay records what it has sent next to the dead letters, so a second call does not send it again. The daemon may be running or not.',
  exitCodes: { 0: 'success', 1: 'at least one was not delivered', 78: 'invalid configuration' },
};

/** A parsed command line: where the dead letters are, and what to do with them once they are open. */
interface Task {
  readonly root: string;
  readonly stateDir: string | undefined;
  readonly run: (session: Session) => Promise<E.Either<Failure, number>>;
}

/** Left: wrong usage, in one line. */
type Parse = (args: readonly string[]) => E.Either<string, Task>;

const parseList: Parse = (args) =>
  pipe(
    parseCommandLine(args, tasks.list),
    E.chain(({ values, positionals: [root, ...more] }) => {
      if (root === undefined || more.length > 0) return E.left('give one configuration directory');
      return pipe(
        filterOf(values),
        E.map((filter) => ({
          root,
          stateDir: values['state-dir'],
          run: async (session: Session) => E.right(await list(session, filter, values.json)),
        })),
      );
    }),
  );

const parseShow: Parse = (args) =>
  pipe(
    parseCommandLine(args, tasks.show),
    E.chain(({ values, positionals: [root, id, ...more] }) =>
      root === undefined || id === undefined || more.length > 0
        ? E.left('give a configuration directory and an ID')
        : E.right({
            root,
            stateDir: values['state-dir'],
            run: (session: Session) => show(session, id, values.json),
          }),
    ),
  );

const parseReplay: Parse = (args) =>
  pipe(
    parseCommandLine(args, tasks.replay),
    E.chain(({ values, positionals: [root, ...ids] }) => {
      const { all, yes, stale, 'dry-run': dryRun } = values;
      if (root === undefined || all === ids.length > 0)
        return E.left('give a configuration directory, and either IDs or --all');
      if (all && !yes && !dryRun) return E.left('--all needs --yes, or --dry-run to see what it would send');
      const isFiltered = [values.reason, values.integration, values.key, values.since].some(
        (each) => each !== undefined,
      );
      if (isFiltered && !all) return E.left('filters need --all');
      return pipe(
        filterOf(values),
        E.map((filter) => ({
          root,
          stateDir: values['state-dir'],
          run: (session: Session) => replay(session, { meant: all ? filter : ids, stale, dryRun }),
        })),
      );
    }),
  );

const filterOf = (given: {
  readonly reason?: string;
  readonly integration?: string;
  readonly key?: string;
  readonly since?: string;
}): E.Either<string, LetterFilter> => {
  const reason = reasons.find((each) => each === given.reason);
  if (given.reason !== undefined && reason === undefined)
    return E.left(`--reason must be one of ${reasons.join(', ')}`);
  const { integration, key, since } = given;
  return pipe(
    since === undefined ? E.right(undefined) : parseDuration(since),
    E.map((ms: number | undefined) => ({
      ...(reason === undefined ? {} : { reason }),
      ...(integration === undefined ? {} : { integration }),
      ...(key === undefined ? {} : { key }),
      ...(ms === undefined ? {} : { since: Date.now() - ms }),
    })),
  );
};

const parsers: Readonly<Record<string, Parse>> = {
  list: parseList,
  show: parseShow,
  replay: parseReplay,
} satisfies Record<keyof typeof tasks, Parse>;

const taskProblem = (name: string): string => {
  const known = nearest(name, Object.keys(tasks));
  return known === undefined ? 'give list, show or replay' : `there is no "${name}"; did you mean ${known}?`;
};

const main = async ([name = '', ...args]: readonly string[]): Promise<number> => {
  const parse = Object.hasOwn(parsers, name) ? parsers[name] : undefined;
  const task = parse === undefined ? E.left(taskProblem(name)) : parse(args);
  if (E.isLeft(task)) return wrongUsage(usage, task.left);
  const session = await openSession(task.right.root, task.right.stateDir);
  const result = E.isLeft(session) ? session : await finished(session.right, task.right);
  if (E.isRight(result)) return result.right;
  complain(`cvmqtt dead-letters: ${printable(result.left.detail)}`);
  return result.left.exitCode;
};

const finished = async (session: Session, { run }: Task): Promise<E.Either<Failure, number>> => {
  try {
    return await run(session);
  } finally {
    await session.letters.close();
  }
};

export const command: Command = { usage, main };
