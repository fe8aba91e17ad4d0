import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeWith } from '../../../lib/util/codec.js';
import { registerApp, unregisterApp } from '../../integrations/register.js';
import { orderOf } from '../../send/order.js';
import { digestOf } from '../digest.js';
import { type Sender, senderOf } from './sender.js';

/** What an action did: a sentence, what will surprise, and the message that it sent. */
export interface Done {
  readonly text: string;
  readonly warnings: readonly string[];
  /** See `digestOf`. */
  readonly digest?: string;
}

/** What the page can do. Left: what is wrong, and what to do. */
export interface Actions {
  run(name: string, input: unknown): Promise<E.Either<string, Done>> | undefined;
  close(): Promise<void>;
}

/** The unit that is acted on. */
export interface Unit {
  readonly home: string;
  /** `host:port` */
  readonly cvmain: string;
  readonly username: string;
}

const Port = t.refinement(
  t.number,
  (n) => Number.isInteger(n) && n >= 1 && n <= 65_535,
  'a port, 1 to 65535',
);
const Message = t.intersection([
  t.type({ name: t.string }),
  t.partial({ body: t.string, timeout: t.number }),
]);
const App = t.type({ name: t.string });
const Registration = t.intersection([App, t.partial({ host: t.string, port: Port })]);

/** Sends a message as the platform does, registers and unregisters an app through cvmain. */
export const actionsOf = (unit: Unit): Actions => {
  const sender = senderOf(unit.home);
  const actions = {
    send: action(Message, (message) => send(unit, sender, message)),
    register: action(Registration, (app) => register(unit, app)),
    unregister: action(App, ({ name }) => unregisterApp(unit, name)),
  };
  return {
    run: (name, input) =>
      name === 'send' || name === 'register' || name === 'unregister' ? actions[name](input) : undefined,
    close: sender.close,
  };
};

const action =
  <A>(codec: t.Decoder<unknown, A>, act: (input: A) => Promise<E.Either<string, Done>>) =>
  async (input: unknown): Promise<E.Either<string, Done>> => {
    const decoded = decodeWith(codec)(input);
    return E.isLeft(decoded) ? decoded : act(decoded.right);
  };

const register = async (
  unit: Unit,
  { name, host, port }: t.TypeOf<typeof Registration>,
): Promise<E.Either<string, Done>> => {
  if (port === undefined)
    return host === undefined
      ? registerApp(unit, { name })
      : E.left('give the port, too: without one, the messages go to the notifier, and not to the host');
  return registerApp(unit, { name, address: { host: host ?? '127.0.0.1', port } });
};

const send = async (
  { username }: Unit,
  sender: Sender,
  { name, body, timeout }: t.TypeOf<typeof Message>,
): Promise<E.Either<string, Done>> => {
  const order = orderOf(username, {
    function: name,
    ...(body === undefined ? {} : { body }),
    ...(timeout === undefined ? {} : { timeout }),
  });
  if (E.isLeft(order)) return order;
  const { topic, payload, warning } = order.right;
  const sent = await sender.publish(topic, payload);
  if (E.isLeft(sent)) return sent;
  return E.right({
    text: `sent ${name}`,
    warnings: warning === undefined ? [] : [warning],
    digest: digestOf(topic, Buffer.from(payload)),
  });
};
