import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { problemLine } from '../lib/config/problem.js';
import { readUnit } from '../lib/config/unit.js';
import { asked, receive } from '../lib/explain/asked.js';
import { type Delivery, deliveries } from '../lib/explain/deliveries.js';
import { explain } from '../lib/explain/explain.js';
import { deliveryLines, stepLines } from '../lib/explain/show.js';
import { type Situation, situationOf } from '../lib/explain/situation.js';
import type { Step } from '../lib/explain/step.js';
import { decode } from '../lib/rules/message/decode.js';
import type { Publish } from '../lib/rules/message/publish.js';
import type { Reason } from '../lib/rules/rejection.js';
import type { IntegrationSet } from '../lib/rules/routing/integrations.js';
import { jsonLine, printable } from '../lib/util/printable.js';
import { dryRun } from '../streams/programs/dry-run.js';
import { type Rules, rulesOf } from '../streams/rules.js';
import { type Command, complain, parseCommandLine, print, wrongUsage } from './command.js';
import { exitCode } from './exit-codes.js';
import { styleFor } from './style.js';
import type { Options, Usage } from './usage.js';

const options = {
  'config-dir': {
    type: 'string',
    value: 'DIR',
    help: "cvmain's configuration directory: uses its settings, login and integrations as they are now; default: default settings, with the app registered",
    path: 'directory',
  },
  json: { type: 'boolean', default: false, help: 'one line of JSON' },
} as const satisfies Options;

const usage: Usage = {
  name: 'explain',
  forms: [['<full-name|topic> [payload] [options]']],
  about:
    'Shows whether a message would reach its app, and why: each step of the decision, with its rule. Nothing is sent.',
  arguments: [
    {
      name: '<full-name|topic>',
      help: 'a topic if it contains a / or matches a subscription; else a full name, such as int1-open-door, sent as the platform sends it: in an envelope',
    },
    {
      name: 'payload',
      help: 'the payload for a topic, the body for a full name; - reads any bytes from stdin',
    },
  ],
  options,
  exitCodes: { 0: 'it would be notified', 1: 'it would not', 78: 'invalid configuration' },
};

/** A larger packet is not kept whole (docs/architecture.md#decision-21). */
const maxPayloadBytes = 1_048_576;

const main = async (args: readonly string[]): Promise<number> => {
  const line = parseCommandLine(args, options);
  if (E.isLeft(line)) return wrongUsage(usage, line.left);
  const { values, positionals } = line.right;
  const [what, given = '', ...more] = positionals;
  if (what === undefined || what === '' || more.length > 0)
    return wrongUsage(usage, 'give a full name or a topic, and its payload');
  const directory = values['config-dir'];
  const unit = directory === undefined ? undefined : await readUnit(resolve(directory));
  if (unit !== undefined && E.isLeft(unit)) {
    complain(`cvmqtt explain: ${printable(problemLine(unit.left))}`);
    return exitCode.config;
  }
  const payload = given === '-' ? await readStdin() : Buffer.from(given);
  if (payload.length > maxPayloadBytes)
    return wrongUsage(usage, `a payload has at most ${maxPayloadBytes} bytes: the broker drops larger ones`);

  const situation = situationOf(unit?.right, what);
  const { settings, cvmain, filters } = situation;
  const rules = rulesOf({ settings, cvmain, filters: () => filters });
  const question = asked(what, payload, rules.decodeRules, Date.now());
  if (E.isLeft(question)) return wrongUsage(usage, question.left);
  const { publish, takenAs } = question.right;
  const assumed = [`taken as ${takenAs}`, ...situation.assumed];
  const answer = answerTo(publish, rules, situation);
  if (values.json) print(jsonLine({ ...answer, assumed }));
  else for (const each of lines(what, answer, assumed)) print(each);
  return answer.end === 'notified' ? exitCode.good : exitCode.failed;
};

interface Answer {
  readonly end: 'notified' | Reason;
  readonly steps: readonly Step[];
  readonly deliveries: readonly Delivery[];
}

/** Explains a publish; the message's own app counts as registered if no unit is given. */
const answerTo = (publish: Publish, rules: Rules, situation: Situation): Answer => {
  const received = receive(publish, situation.filters);
  if (received.verdict === 'ends') return { end: 'unsubscribed', steps: [received], deliveries: [] };
  const set = situation.integrations ?? registeredFor(publish, rules);
  const settlement = dryRun(rules, set)(publish);
  return {
    end: settlement.kind === 'notified' ? settlement.kind : settlement.reason,
    steps: [received, ...explain(rules, set, settlement)],
    deliveries: deliveries(rules.policy, set, settlement, situation.notifier),
  };
};

const registeredFor = (publish: Publish, { decodeRules }: Rules): IntegrationSet => {
  const message = decode(decodeRules)(publish);
  if (E.isLeft(message)) return new Map();
  const { integration } = message.right;
  return new Map([[integration, { name: integration }]]);
};

const lines = (what: string, answer: Answer, assumed: readonly string[]): readonly string[] => {
  const style = styleFor(process.stdout);
  const { end } = answer;
  const verdict =
    end === 'notified' ? style.good('would be notified') : style.bad(`would not be notified: ${end}`);
  return [
    `${printable(what)}: ${verdict}`,
    ...assumed.map((each) => `  ${printable(each)}`),
    '',
    ...stepLines(answer.steps, style),
    ...(answer.deliveries.length === 0 ? [] : ['', ...deliveryLines(answer.deliveries)]),
  ];
};

/** Reads stdin, and stops once it exceeds {@link maxPayloadBytes}. */
const readStdin = async (): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    if (!(chunk instanceof Uint8Array)) continue;
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxPayloadBytes) break;
  }
  return Buffer.concat(chunks);
};

export const command: Command = { usage, main };
