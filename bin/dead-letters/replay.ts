import * as E from 'fp-ts/lib/Either.js';
import { ReplaySubject } from 'rxjs';
import type { Letter } from '../../lib/dead-letters/letter.js';
import { openMarking, readMarks } from '../../lib/dead-letters/marks.js';
import { replayLetters } from '../../lib/dead-letters/replay.js';
import { idsMeant, isMeant, type LetterFilter } from '../../lib/dead-letters/select.js';
import { nameOf } from '../../lib/dead-letters/show.js';
import { publishAgain } from '../../lib/dead-letters/state.js';
import { claim } from '../../lib/files/claim.js';
import { describe } from '../../lib/log/describe.js';
import type { Report } from '../../lib/log/event.js';
import { printable } from '../../lib/log/printable.js';
import type { Settlement } from '../../lib/settlement.js';
import { endOf } from '../../lib/tally.js';
import { judge } from '../../streams/judge.js';
import { complain, exitCode, print } from '../command.js';
import { type Failure, known, type Opened, readable } from './opened.js';

/** Which letters to send again, and how. */
export interface Asked {
  /** Ids, or how they begin; or all that the filter means and that were not replayed. */
  readonly meant: readonly string[] | LetterFilter;
  /** Also those whose time is over. */
  readonly stale: boolean;
  readonly dryRun: boolean;
}

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
  const claimed = await claim(opened.directory, 'dead-letters-replay');
  if (E.isLeft(claimed))
    return E.left({ detail: `another replay: ${claimed.left}`, exitCode: exitCode.failed });
  try {
    // What another replay has sent until it gave the claim back counts too.
    const marks = await readMarks(opened.directory);
    if (E.isLeft(marks)) return E.left({ detail: marks.left, exitCode: exitCode.failed });
    return await replayClaimed({ ...opened, marks: marks.right }, asked);
  } finally {
    await claimed.right();
  }
};

const replayClaimed = async (opened: Opened, asked: Asked): Promise<E.Either<Failure, number>> => {
  const { meant } = asked;
  const present = new Set<string>();
  const filtered = new Set<string>();
  for await (const letter of readable(opened)) {
    present.add(letter.id);
    if (!('length' in meant) && isMeant(meant, letter) && isDue(opened, letter, asked))
      filtered.add(letter.id);
  }
  const ids = 'length' in meant ? idsMeant(meant, present) : E.right(filtered);
  if (E.isLeft(ids)) return E.left({ detail: ids.left, exitCode: exitCode.usage });
  const counts = new Counts();
  const letters = due(opened, ids.right, asked, counts);
  if (asked.dryRun) await tryOut(opened, letters, counts);
  else {
    const sent = await send(opened, letters, present, counts);
    if (E.isLeft(sent)) return sent;
  }
  print(counts.line());
  return E.right(counts.good || asked.dryRun ? exitCode.good : exitCode.failed);
};

const isDue = (opened: Opened, letter: Letter, { stale }: Asked): boolean => {
  const { state } = known(opened, letter);
  return state !== 'replayed' && (state !== 'stale' || stale);
};

/** The letters of these ids that may be sent; the others are told. */
async function* due(
  opened: Opened,
  ids: ReadonlySet<string>,
  asked: Asked,
  counts: Counts,
): AsyncGenerator<Letter> {
  for await (const letter of opened.letters.read()) {
    if (!('id' in letter) || !ids.has(letter.id)) continue;
    const { state, mark } = known(opened, letter);
    if (state === 'replayed') {
      told(letter, 'replayed already');
      counts.add('replayed already', true);
    } else if (state === 'stale' && !asked.stale) {
      told(
        letter,
        'stale',
        'its time is over, and a stale command is dangerous; --stale sends it all the same',
      );
      counts.add('stale', false);
    } else {
      if (mark?.outcome === 'begun')
        complain(`cvmqtt dead-letters: ${letter.id}: its last replay was interrupted: it may be sent twice`);
      yield letter;
    }
  }
}

/** What a dry run says before each end. */
const would = 'would be ';

/** Says how each would end. */
const tryOut = async (opened: Opened, letters: AsyncIterable<Letter>, counts: Counts): Promise<void> => {
  const { rules, unit, now } = opened;
  const decide = judge({ ...rules, holdUnregisteredMs: 0 }, unit.integrations);
  for await (const letter of letters) {
    const end = ended(letter, decide(publishAgain(rules.decodeRules, letter, now)), would);
    counts.add(end, true);
  }
};

const send = async (
  opened: Opened,
  letters: AsyncIterable<Letter>,
  present: ReadonlySet<string>,
  counts: Counts,
): Promise<E.Either<Failure, void>> => {
  const { rules, unit, directory, marks } = opened;
  const marking = await openMarking(directory, marks, present, Date.now);
  if (E.isLeft(marking)) return E.left({ detail: marking.left, exitCode: exitCode.failed });
  // What talks to cvmain is loaded when it is needed.
  const { redelivery } = await import('../../streams/redeliver.js');
  const stop$ = stopped();
  const delivery = redelivery({ config: unit.config, rules, stop$, report });
  try {
    const publishOf = (letter: Letter) => publishAgain(rules.decodeRules, letter, Date.now());
    const served = onceServed(letters, delivery.serves, counts);
    for await (const each of replayLetters(served, {
      marking: marking.right,
      publishOf,
      send: delivery.send,
    })) {
      if (each.kind === 'settled') {
        counts.add(ended(each.letter, each.settlement), each.settlement.kind === 'notified');
      } else if (each.kind === 'stopped') {
        told(each.letter, 'not settled', 'stopped, or cvmain does not answer; call again to go on from here');
        counts.add('not settled', false);
      } else {
        complain(`cvmqtt dead-letters: ${printable(each.detail)}: stopping, as no note can be made`);
        if (each.sent) complain(`cvmqtt dead-letters: ${each.letter.id} was sent, and would be sent again`);
        counts.add('not noted', false);
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
  counts: Counts,
): AsyncGenerator<Letter> {
  let served = false;
  for await (const letter of letters) {
    served ||= await serves();
    if (!served) {
      complain('cvmqtt dead-letters: nothing was sent: cvmain does not answer, or it was stopped');
      counts.add('not sent', false);
      return;
    }
    yield letter;
  }
}

/** How many letters ended how. */
class Counts {
  readonly #ends = new Map<string, number>();
  /** All that was asked for is delivered, now or before. */
  good = true;

  add(end: string, good: boolean): void {
    this.#ends.set(end, (this.#ends.get(end) ?? 0) + 1);
    this.good &&= good;
  }

  line(): string {
    return this.#ends.size === 0
      ? 'no dead letters to send'
      : [...this.#ends].map(([end, times]) => `${times} ${end}`).join(', ');
  }
}

/** Tells how a letter ended; the result is its end in a word or two. */
const ended = (letter: Letter, settlement: Settlement, prefix = ''): string => {
  const end = `${prefix}${endOf(settlement)}`;
  told(letter, end, settlement.kind === 'dead-lettered' ? settlement.detail : '');
  return end;
};

const told = (letter: Letter, end: string, detail = ''): void =>
  print(
    `${letter.id}  ${end.padEnd(end.startsWith(would) ? 26 : 17)}  ${nameOf(letter)}${detail === '' ? '' : `: ${printable(detail)}`}`,
  );

/** What a person needs to know while it goes on. */
const report: Report = (event) => {
  if (event.kind === 'waiting' || event.kind === 'cvmain-away' || event.kind === 'file-broken')
    complain(`cvmqtt dead-letters: ${printable(describe(event).message)}`);
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
