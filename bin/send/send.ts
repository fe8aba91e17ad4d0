import { setTimeout as wait } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import { stepLines } from '../../lib/explain/show.js';
import { plural } from '../../lib/util/plural.js';
import { jsonLine, printable } from '../../lib/util/printable.js';
import { complain, print, untilSignal } from '../command.js';
import { linesOf } from '../dev/lines.js';
import { exitCode } from '../exit-codes.js';
import { styleFor } from '../style.js';
import type { Platform } from './connect.js';
import type { Order } from './order.js';
import type { Ended, Outcomes } from './outcomes.js';

/** How long the system may take to say that a port is closed, ms; on one machine it is said at once. */
const unheardMs = 100;

/** What sending takes. */
export interface Sending {
  readonly platform: Platform;
  readonly outcomes: Outcomes;
  readonly json: boolean;
}

/** Sends a message, shows what becomes of it, and how it ended. Resolves with the exit code. */
export const sendOne = async ({ platform, outcomes, json }: Sending, order: Order): Promise<number> => {
  const style = styleFor(process.stdout);
  if (order.warning !== undefined) complain(`cvmqtt send: ${printable(order.warning)}`);
  const shown = outcomes.about$.subscribe((event) => {
    if (json) print(jsonLine(event));
    else for (const line of linesOf(event, style)) print(line);
  });
  try {
    const ended = outcomes.of(order.topic, order.payload);
    await platform.publish(order.topic, order.payload);
    const end = await Promise.race([ended, untilSignal(), platform.ended]);
    if (end === undefined) return failed('it is not known how it ended');
    if (end.event === 'dead-lettered') {
      if (!json) for (const line of ['', ...stepLines(end.steps, style)]) print(line);
      return exitCode.failed;
    }
    await wait(unheardMs);
    return codeOf(outcomes);
  } finally {
    shown.unsubscribe();
  }
};

/** Most messages that are under way at once: as many as a unit takes without acknowledging any. */
const mostAtOnce = 100;

/**
 * Sends messages, at most `rate` a second, and shows how many ended in which way. Stops at a message that can't be sent, and
 * at Ctrl-C. Resolves with the exit code.
 */
export const sendAll = async (
  { platform, outcomes, json }: Sending,
  orders: AsyncIterable<E.Either<string, Order>>,
  rate: number,
): Promise<number> => {
  const counts = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  let isStopped = false;
  const stopped = Promise.race([untilSignal(), platform.ended]).then(() => {
    isStopped = true;
  });
  const beganAt = performance.now();
  const ended = (end: Ended): void => {
    const kind = end.event === 'notified' ? end.event : end.reason;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (json) print(jsonLine(end));
  };
  let sent = 0;
  let problem: string | undefined;
  for await (const order of orders) {
    if (E.isLeft(order)) {
      problem = order.left;
      break;
    }
    const due = beganAt + (sent * 1_000) / rate - performance.now();
    if (due > 1) await Promise.race([wait(due), stopped]);
    if (underWay.size >= mostAtOnce) await Promise.race([...underWay, stopped]);
    if (isStopped) break;
    const { topic, payload } = order.right;
    const one: Promise<void> = Promise.all([
      outcomes.of(topic, payload),
      platform.publish(topic, payload),
    ]).then(([end]) => {
      underWay.delete(one);
      ended(end);
    });
    underWay.add(one);
    sent += 1;
  }
  await Promise.race([Promise.all(underWay), stopped]);
  const seconds = (performance.now() - beganAt) / 1_000;
  if (!json && sent > 0) {
    const parts = [...counts].map(([kind, count]) => `${count} ${kind}`);
    if (underWay.size > 0) parts.push(`${underWay.size} not ended yet`);
    print(`${plural(sent, 'message')} in ${seconds.toFixed(1)} s: ${parts.join(', ')}`);
  }
  if (problem !== undefined) {
    codeOf(outcomes);
    return failed(problem);
  }
  return counts.get('notified') === sent ? codeOf(outcomes) : exitCode.failed;
};

/** Notified is not yet heard: says so if nothing listens. */
const codeOf = ({ unheard }: Outcomes): number =>
  unheard.length === 0 ? exitCode.good : failed(`nothing listens on ${unheard.join(', ')}`);

/** Says what is wrong; the exit code of failure. */
export const failed = (detail: string): number => {
  complain(`cvmqtt send: ${printable(detail, 1_000)}`);
  return exitCode.failed;
};
