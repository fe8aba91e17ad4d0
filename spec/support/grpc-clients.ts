import type * as E from 'fp-ts/lib/Either.js';
import type { Cvmain, GrpcLibrary } from '../../lib/cvmain/client.js';
import type { Outcome } from '../../lib/rules/delivery/outcome.js';
import type { Notification } from '../../lib/rules/notification/notification.js';

/** The libraries that keep the contract. */
export const libraries: readonly GrpcLibrary[] = ['http2', 'grpc-js'];

/** The outcome of one call of `send_notification`. */
export const notify = (cvmain: Cvmain, notification: Notification): Promise<Outcome> =>
  new Promise((resolve) => cvmain.sendNotification(notification, { kind: 'notifier' }, resolve));

/** The outcome for a notification that has only a type. */
export const send = (cvmain: Cvmain, type = 'int1-open'): Promise<Outcome> =>
  notify(cvmain, { type, vals: [] });

export const version = (cvmain: Cvmain): Promise<E.Either<string, string>> =>
  new Promise((resolve) => cvmain.getVersion(resolve));

export const token = (cvmain: Cvmain): Promise<E.Either<string, string | undefined>> =>
  new Promise((resolve) => cvmain.getAuthToken(resolve));

/** Calls until cvmain is no longer away, for at most 15 s. */
export const sendUntilThere = async (cvmain: Cvmain): Promise<Outcome> => {
  const until = performance.now() + 15_000;
  let outcome = await send(cvmain);
  while (outcome.kind === 'away' && performance.now() < until) outcome = await send(cvmain);
  return outcome;
};

/** Makes `count` calls, up to `atOnce` at a time: the outcomes, in the order of the calls. */
export const sendMany = async (
  cvmain: Cvmain,
  count: number,
  atOnce: number,
  typeOf: (at: number) => string = (at) => `int1-${at}`,
): Promise<readonly Outcome[]> => {
  const outcomes = Array.from<Outcome>({ length: count });
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let at = next++; at < count; at = next++) outcomes[at] = await send(cvmain, typeOf(at));
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  return outcomes;
};

/** Number of outcomes of each kind. */
export const kindsOf = (outcomes: readonly Outcome[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};
