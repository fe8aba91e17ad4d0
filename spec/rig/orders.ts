import type { AtEnd } from './at-end.js';
import type { Journal } from './journal.js';
import { username } from './login.js';
import { startServer } from './server.js';

/** A message with a name and a body. */
interface Named {
  readonly name: string;
  readonly body: string;
}

/** Sends numbered messages with the names in turn, and records them. */
export interface Sender {
  /** Bodies of all messages sent: `0`, `1`, … */
  readonly sent: readonly string[];
  /** Sends `count` more. */
  send(count: number): Promise<void>;
}

/** A sender at this broker. */
export async function startSender(
  atEnd: AtEnd,
  brokerUrl: string,
  names: readonly string[],
): Promise<Sender> {
  const server = await startServer(atEnd, brokerUrl);
  const sent: string[] = [];
  return {
    sent,
    send: async (count) => {
      const more = Array.from({ length: count }, (_, at) => sent.length + at);
      sent.push(...more.map(String));
      const nameOf = (number: number) => names[number % names.length] ?? '';
      await Promise.all(
        more.map((number) => server.send(username, { function: nameOf(number), body: `${number}` })),
      );
    },
  };
}

/** The messages without repetitions, from now on. */
export const distinct = <A extends Named>(messages: Journal<A>): Journal<A> => {
  const seen = new Set<string>();
  return messages.derive((each) => (seen.has(each.body) || !seen.add(each.body) ? undefined : each));
};

/** The names whose messages arrived in another order than {@link Sender} sent them. */
export const outOfOrder = (messages: readonly Named[]): readonly string[] => {
  const last = new Map<string, number>();
  const wrong = new Set<string>();
  for (const { name, body } of messages) {
    if (Number(body) <= (last.get(name) ?? -1)) wrong.add(name);
    last.set(name, Number(body));
  }
  return [...wrong];
};
