import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { splitName } from '../lib/rules/message/name.js';
import { parseDuration } from '../lib/util/duration.js';
import { type Command, parseCommandLine, wrongUsage } from './command.js';
import { connect } from './send/connect.js';
import { ordersIn, readAll, repeated } from './send/input.js';
import { orderOf, rawOrder } from './send/order.js';
import { Outcomes } from './send/outcomes.js';
import { failed, sendAll, sendOne } from './send/send.js';
import { defaultHome } from './sim/home.js';
import type { Options, Usage } from './usage.js';

const options = {
  timeout: {
    type: 'string',
    value: 'TIME',
    help: 'how long the message stays valid, such as 5s; from 100ms to 60s',
  },
  topic: { type: 'string', value: 'TOPIC', help: 'any topic of the unit, with any payload' },
  file: {
    type: 'string',
    value: 'FILE',
    help: 'a JSON object a line: {"function": NAME, "body": BODY, "timeout": MS}; - for stdin',
    path: 'file',
  },
  count: { type: 'string', default: '1', value: 'N', help: 'sends the message N times' },
  rate: { type: 'string', value: 'N', help: 'sends at most N messages a second' },
  json: { type: 'boolean', default: false, help: 'one line of JSON for each event' },
} as const satisfies Options;

const usage: Usage = {
  name: 'send',
  forms: [['[home] NAME [BODY] [options]'], ['[home] --topic TOPIC PAYLOAD'], ['[home] --file FILE']],
  about:
    'Sends a message to the unit of cvmqtt dev, as the platform does and with its limits, and shows how it ended there.',
  arguments: [
    { name: 'home', help: `the home of cvmqtt dev; default ./${defaultHome}`, path: 'directory' },
    { name: 'NAME', help: 'the full name: <app>-<message>' },
    { name: 'BODY', help: 'text, such as JSON, up to 512 characters; - reads it from stdin' },
  ],
  options,
  exitCodes: { 0: 'notified, and the app listens', 1: 'not notified, refused, or nobody listens' },
};

const main = async (args: readonly string[]): Promise<number> => {
  const line = parseCommandLine(args, options);
  if (E.isLeft(line)) return wrongUsage(usage, line.left);
  const { values, positionals } = line.right;
  const { topic, file } = values;
  const [first = ''] = positionals;
  const isHome = existsSync(join(resolve(first), 'sim.json')) && first !== '';
  const home = resolve(isHome ? first : defaultHome);
  const words = positionals.slice(isHome ? 1 : 0);
  const timeout = values.timeout === undefined ? E.right(undefined) : parseDuration(values.timeout);
  if (E.isLeft(timeout)) return wrongUsage(usage, `--timeout: ${timeout.left}`);
  const count = positive('count', values.count);
  if (E.isLeft(count)) return wrongUsage(usage, count.left);
  const rate = values.rate === undefined ? E.right(Number.POSITIVE_INFINITY) : positive('rate', values.rate);
  if (E.isLeft(rate)) return wrongUsage(usage, rate.left);
  const [name, body, ...more] = words;
  if (
    file !== undefined &&
    (topic !== undefined || words.length > 0 || count.right > 1 || values.timeout !== undefined)
  )
    return wrongUsage(usage, '--file goes with no name, --topic, --timeout or --count');
  if (
    file === undefined &&
    (name === undefined || more.length > 0 || (topic !== undefined && body !== undefined))
  )
    return wrongUsage(
      usage,
      more.length > 0
        ? `these are too many words: quote a body with spaces, as in myapp-hello '{"a": 1}'; ${first} is not a home of cvmqtt dev`
        : `give ${topic === undefined ? 'a full name, and the body' : 'the payload for --topic'}`,
    );
  if (topic === undefined && !isHome && isName(body) && !isName(name))
    return wrongUsage(
      usage,
      `${name} is neither a home of cvmqtt dev nor a full name, which is <app>-<message>`,
    );

  const outcomes = new Outcomes();
  const connected = await connect(home, (event) => outcomes.take(event));
  if (E.isLeft(connected)) return failed(connected.left);
  const platform = connected.right;
  const sending = { platform, outcomes, json: values.json };
  const text = async (word = ''): Promise<string> => (word === '-' ? readAll(process.stdin) : word);
  try {
    if (file !== undefined) return await sendAll(sending, ordersIn(file, platform.username), rate.right);
    const order =
      topic === undefined
        ? orderOf(platform.username, {
            function: name ?? '',
            ...(body === undefined ? {} : { body: await text(body) }),
            ...(timeout.right === undefined ? {} : { timeout: timeout.right }),
          })
        : rawOrder(platform.username, topic, await text(name));
    if (E.isLeft(order)) return failed(order.left);
    return count.right === 1
      ? await sendOne(sending, order.right)
      : await sendAll(sending, repeated(order.right, count.right), rate.right);
  } catch (error) {
    return failed(error instanceof Error ? error.message : 'unknown error');
  } finally {
    await platform.close();
  }
};

const isName = (word: string | undefined): boolean => word !== undefined && E.isRight(splitName(word));

/** Parses a whole number from 1 on. */
const positive = (option: string, text: string): E.Either<string, number> =>
  /^[1-9]\d{0,9}$/.test(text)
    ? E.right(Number(text))
    : E.left(`--${option} must be a whole number from 1 on`);

export const command: Command = { usage, main };
