import * as E from 'fp-ts/lib/Either.js';
import { ReplaySubject } from 'rxjs';
import type { Letter } from '../../lib/dead-letters/letter.js';
import { openMarking, readMarks } from '../../lib/dead-letters/marks.js';
import { replayLetters } from '../../lib/dead-letters/replay.js';
import { publishAgain } from '../../lib/dead-letters/state.js';
import { describe } from '../../lib/log/describe.js';
import type { Report } from '../../lib/log/event.js';
import { acquireLock, lockRefusalText } from '../../lib/storage/process-lock.js';
import { printable } from '../../lib/util/printable.js';
import { dryRun } from '../../streams/programs/dry-run.js';
import { complain, print } from '../command.js';
import { exitCode } from '../exit-codes.js';
import { Outcomes } from './outcomes.js';
import { type ReplayRequest, select, sendable } from './selection.js';
import type { Failure, Session } from './session.js';

/**
 * Sends dead letters again, oldest first, one at a time, and prints what became of each. Right: the exit code. Left: why
 * nothing was sent.
 */
export const replay = async (
  session: Session,
  request: ReplayRequest,
): Promise<E.Either<Failure, number>> => {
  if (session.unit.filters === undefined) {
    const detail =
      'mq/mq.json has no login: without its topic filters, it is unknown where topics carry the name';
    return E.left({ detail, exitCode: exitCode.config });
  }
  if (request.dryRun) return replayLocked(session, request);
  const lock = acquireLock(session.directory, 'dead-letters-replay');
  if (E.isLeft(lock))
    return E.left({ detail: `another replay: ${lockRefusalText(lock.left)}`, exitCode: exitCode.failed });
  try {
    // Read again under the lock: another replay may have added marks until it released it.
    const marks = await readMarks(session.directory);
    if (E.isLeft(marks)) return E.left({ detail: marks.left, exitCode: exitCode.failed });
    return await replayLocked({ ...session, marks: marks.right }, request);
  } finally {
    lock.right();
  }
};

const replayLocked = async (session: Session, request: ReplayRequest): Promise<E.Either<Failure, number>> => {
  const selection = await select(session, request);
  if (E.isLeft(selection)) return selection;
  const { present, ids } = selection.right;
  const outcomes = new Outcomes();
  const letters = sendable(session, ids, request, outcomes);
  if (request.dryRun) await dryRunAll(session, letters, outcomes);
  else {
    const sent = await send(session, letters, present, outcomes);
    if (E.isLeft(sent)) return sent;
  }
  print(outcomes.summary);
  return E.right(outcomes.good || request.dryRun ? exitCode.good : exitCode.failed);
};

/** Prints what would become of each letter. Nothing is sent. */
const dryRunAll = async (
  session: Session,
  letters: AsyncIterable<Letter>,
  outcomes: Outcomes,
): Promise<void> => {
  const { rules, unit, clock } = session;
  const decide = dryRun({ ...rules, holdUnregisteredMs: 0 }, unit.integrations);
  for await (const letter of letters) {
    outcomes.wouldSettle(letter, decide(publishAgain(rules.decodeRules, letter, clock)));
  }
};

const send = async (
  session: Session,
  letters: AsyncIterable<Letter>,
  present: ReadonlySet<string>,
  outcomes: Outcomes,
): Promise<E.Either<Failure, void>> => {
  const { rules, unit, directory, marks, clock } = session;
  const marking = await openMarking(directory, marks, present, clock.wallMs);
  if (E.isLeft(marking)) return E.left({ detail: marking.left, exitCode: exitCode.failed });
  // Loaded on demand: only a real replay talks to cvmain.
  const { redelivery } = await import('../../streams/programs/redeliver.js');
  const stop$ = stopped();
  const delivery = redelivery({ config: unit.config, rules, stop$, report });
  try {
    const publishOf = (letter: Letter) => publishAgain(rules.decodeRules, letter, clock);
    const served = onceServing(letters, delivery.serves, outcomes);
    for await (const each of replayLetters(served, {
      marking: marking.right,
      publishOf,
      send: delivery.send,
    })) {
      if (each.kind === 'settled') outcomes.settled(each.letter, each.settlement);
      else if (each.kind === 'stopped') {
        const detail = 'interrupted, or cvmain does not answer; run it again to continue from here';
        outcomes.add(each.letter, 'not settled', false, detail);
      } else {
        complain(`cvmqtt dead-letters: ${printable(each.detail)}: stopping, as replays can't be recorded`);
        if (each.sent)
          complain(
            `cvmqtt dead-letters: ${each.letter.id} was sent, and the next replay would send it again`,
          );
        outcomes.count('not recorded', false);
      }
    }
    return E.right(undefined);
  } finally {
    delivery.close();
    await marking.right.close();
  }
};

/** Waits for cvmain to answer before the first letter. Yields none if it does not, so that no mark is written. */
async function* onceServing(
  letters: AsyncIterable<Letter>,
  serves: () => Promise<boolean>,
  outcomes: Outcomes,
): AsyncGenerator<Letter> {
  let served = false;
  for await (const letter of letters) {
    served ||= await serves();
    if (!served) {
      complain('cvmqtt dead-letters: nothing was sent: interrupted, or cvmain does not answer');
      outcomes.count('not sent', false);
      return;
    }
    yield letter;
  }
}

/** The events that a person needs to see during a replay. */
const worthKnowing: ReadonlySet<string> = new Set([
  'waiting',
  'cvmain-away',
  'cvmain-absent',
  'cvmain-fails',
  'file-broken',
]);
const report: Report = (event) => {
  if (worthKnowing.has(event.kind)) complain(`cvmqtt dead-letters: ${printable(describe(event).message)}`);
};

/** Emits on the first SIGINT or SIGTERM. A second one exits at once, without waiting for the call in flight. */
const stopped = (): ReplaySubject<void> => {
  const stop$ = new ReplaySubject<void>(1);
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => {
      stop$.next();
      process.once(signal, () => process.exit(exitCode.failed));
    });
  return stop$;
};
