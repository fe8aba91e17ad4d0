import * as E from 'fp-ts/lib/Either.js';
import { ReplaySubject } from 'rxjs';
import type { Letter } from '../../lib/dead-letters/letter.js';
import { openMarking, readMarks } from '../../lib/dead-letters/marks.js';
import { replayLetters } from '../../lib/dead-letters/replay.js';
import { publishAgain } from '../../lib/dead-letters/state.js';
import { describe } from '../../lib/log/describe.js';
import type { Report } from '../../lib/log/event.js';
import { claim, claimLine } from '../../lib/storage/process-lock.js';
import { printable } from '../../lib/util/printable.js';
import { judge } from '../../streams/programs/judge-one.js';
import { complain, exitCode, print } from '../command.js';
import { Ends } from './outcomes.js';
import { type Asked, choose, due } from './selection.js';
import type { Failure, Opened } from './session.js';

/**
 * Sends dead letters again, the oldest first, one at a time, and says how each ended; the result is the exit code. Left:
 * nothing was sent, and why.
 */
export const replay = async (opened: Opened, asked: Asked): Promise<E.Either<Failure, number>> => {
  if (opened.unit.filters === undefined) {
    const detail = 'mq/mq.json has no login: what the unit is subscribed to says where names are in topics';
    return E.left({ detail, exitCode: exitCode.config });
  }
  if (asked.dryRun) return replayClaimed(opened, asked);
  const claimed = claim(opened.directory, 'dead-letters-replay');
  if (E.isLeft(claimed))
    return E.left({ detail: `another replay: ${claimLine(claimed.left)}`, exitCode: exitCode.failed });
  try {
    // What another replay has sent until it gave the claim back counts too.
    const marks = await readMarks(opened.directory);
    if (E.isLeft(marks)) return E.left({ detail: marks.left, exitCode: exitCode.failed });
    return await replayClaimed({ ...opened, marks: marks.right }, asked);
  } finally {
    claimed.right();
  }
};

const replayClaimed = async (opened: Opened, asked: Asked): Promise<E.Either<Failure, number>> => {
  const chosen = await choose(opened, asked);
  if (E.isLeft(chosen)) return chosen;
  const { present, ids } = chosen.right;
  const ends = new Ends();
  const letters = due(opened, ids, asked, ends);
  if (asked.dryRun) await tryOut(opened, letters, ends);
  else {
    const sent = await send(opened, letters, present, ends);
    if (E.isLeft(sent)) return sent;
  }
  print(ends.summary);
  return E.right(ends.good || asked.dryRun ? exitCode.good : exitCode.failed);
};

/** Says how each would end. */
const tryOut = async (opened: Opened, letters: AsyncIterable<Letter>, ends: Ends): Promise<void> => {
  const { rules, unit, clock } = opened;
  const decide = judge({ ...rules, holdUnregisteredMs: 0 }, unit.integrations);
  for await (const letter of letters) {
    ends.wouldSettle(letter, decide(publishAgain(rules.decodeRules, letter, clock)));
  }
};

const send = async (
  opened: Opened,
  letters: AsyncIterable<Letter>,
  present: ReadonlySet<string>,
  ends: Ends,
): Promise<E.Either<Failure, void>> => {
  const { rules, unit, directory, marks, clock } = opened;
  const marking = await openMarking(directory, marks, present, clock.wallMs);
  if (E.isLeft(marking)) return E.left({ detail: marking.left, exitCode: exitCode.failed });
  // What talks to cvmain is loaded when it is needed.
  const { redelivery } = await import('../../streams/programs/redeliver.js');
  const stop$ = stopped();
  const delivery = redelivery({ config: unit.config, rules, stop$, report });
  try {
    const publishOf = (letter: Letter) => publishAgain(rules.decodeRules, letter, clock);
    const served = onceServed(letters, delivery.serves, ends);
    for await (const each of replayLetters(served, {
      marking: marking.right,
      publishOf,
      send: delivery.send,
    })) {
      if (each.kind === 'settled') ends.settled(each.letter, each.settlement);
      else if (each.kind === 'stopped') {
        const detail = 'stopped, or cvmain does not answer; call again to go on from here';
        ends.tell(each.letter, 'not settled', false, detail);
      } else {
        complain(`cvmqtt dead-letters: ${printable(each.detail)}: stopping, as no note can be made`);
        if (each.sent) complain(`cvmqtt dead-letters: ${each.letter.id} was sent, and would be sent again`);
        ends.count('not noted', false);
      }
    }
    return E.right(undefined);
  } finally {
    delivery.close();
    await marking.right.close();
  }
};

/** The letters, the first one once cvmain answers; none if it does not, before anything is noted of one. */
async function* onceServed(
  letters: AsyncIterable<Letter>,
  serves: () => Promise<boolean>,
  ends: Ends,
): AsyncGenerator<Letter> {
  let served = false;
  for await (const letter of letters) {
    served ||= await serves();
    if (!served) {
      complain('cvmqtt dead-letters: nothing was sent: cvmain does not answer, or it was stopped');
      ends.count('not sent', false);
      return;
    }
    yield letter;
  }
}

/** What a person needs to know while it goes on. */
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

/** Emits when a signal asks to end; who asks twice does not want to wait for the call in flight. */
const stopped = (): ReplaySubject<void> => {
  const stop$ = new ReplaySubject<void>(1);
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => {
      stop$.next();
      process.once(signal, () => process.exit(exitCode.failed));
    });
  return stop$;
};
