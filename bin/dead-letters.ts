import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { LetterFilter } from '../lib/dead-letters/select.js';
import { reasons } from '../lib/rules/rejection.js';
import { parseDuration } from '../lib/util/duration.js';
import { printable } from '../lib/util/printable.js';
import { type Command, complain, parseCommandLine, wrongUsage } from './command.js';
import { list } from './dead-letters/list.js';
import { replay } from './dead-letters/replay.js';
import { type Failure, openSession, type Session } from './dead-letters/session.js';
import { show } from './dead-letters/show.js';
import { exitCodesText } from './exit-codes.js';

const usage = `usage: cvmqtt dead-letters list <config-dir> [filter] [--json]          what was not delivered, and why
       cvmqtt dead-letters show <config-dir> ID [--json]                one in full, and how it would be decided now
       cvmqtt dead-letters replay <config-dir> ID... [options]          sends these again, the oldest first
       cvmqtt dead-letters replay <config-dir> --all [filter] [options] sends all that are not stale and not replayed

  ID                 as shown by list; a unique prefix will do
  --reason REASON    filter: ${reasons.slice(0, 4).join(', ')},
                     ${reasons.slice(4).join(', ')}
  --integration NAME filter: only for this app
  --key KEY          filter: only messages with this key, as in the log
  --since AGE        filter: at most this old: 90s, 2h, 1d
  --state-dir DIR    where dead letters are kept; default $STATE_DIRECTORY, else <config-dir>/mq/cvmqtt
  --dry-run          replay: send nothing, show what would become of each
  --yes              replay: required with --all
  --stale            replay: include expired ones
  --json             one line of JSON for each

Replay records what it has sent next to the dead letters, so a second call does not send it again. The daemon may be
running or not.

${exitCodesText('dead-letters')}`;

const stateDir = { 'state-dir': { type: 'string' } } as const;
const json = { json: { type: 'boolean', default: false } } as const;
const filters = {
  reason: { type: 'string' },
  integration: { type: 'string' },
  key: { type: 'string' },
  since: { type: 'string' },
} as const;

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
    parseCommandLine(args, { ...stateDir, ...json, ...filters }),
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
    parseCommandLine(args, { ...stateDir, ...json }),
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
    parseCommandLine(args, {
      ...stateDir,
      ...filters,
      all: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      stale: { type: 'boolean', default: false },
    }),
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

const parsers: Readonly<Record<string, Parse>> = { list: parseList, show: parseShow, replay: parseReplay };

const main = async ([name = '', ...args]: readonly string[]): Promise<number> => {
  const parse = Object.hasOwn(parsers, name) ? parsers[name] : undefined;
  const task = parse === undefined ? E.left('give list, show or replay') : parse(args);
  if (E.isLeft(task)) return wrongUsage('dead-letters', usage, task.left);
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
