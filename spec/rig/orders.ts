import type { AtEnd } from './at-end.js';
import type { Journal } from './journal.js';
import { username } from './login.js';
import { startServer } from './server.js';

/** A message with a name and a body. */
interface Named {
  readonly name: string;
  readonly body: string;
}

/** Sends numbered messages with the names in turn, and knows what was sent. */
export interface Sender {
  /** The bodies of all that was sent: `0`, `1`, … */
  readonly sent: readonly string[];
  /** Sends so many more. */
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

/** The messages without those that came before already, from now on. */
export const distinct = <A extends Named>(messages: Journal<A>): Journal<A> => {
  const seen = new Set<string>();
  return messages.derive((each) => (seen.has(each.body) || !seen.add(each.body) ? undefined : each));
};

/** The names whose messages did not come in the order in which {@link Sender} sent them. */
export const outOfOrder = (messages: readonly Named[]): readonly string[] => {
  const last = new Map<string, number>();
  const wrong = new Set<string>();
  for (const { name, body } of messages) {
    if (Number(body) <= (last.get(name) ?? -1)) wrong.add(name);
    last.set(name, Number(body));
  }
  return [...wrong];
};
