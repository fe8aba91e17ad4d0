import fc, { type Arbitrary } from 'fast-check';
import { type Payload, payloadOf } from '../../lib/rules/message/payload.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import type { Scenario, WorldEvent } from './scenario.js';
import { publishOf, registered } from './shorthand.js';

/** Any text, including control characters and lone surrogates. */
export const anyText: Arbitrary<string> = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
);

/** White space of JSON. */
export const blank: Arbitrary<string> = fc.string({
  unit: fc.constantFrom(' ', '\t', '\n', '\r'),
  maxLength: 3,
});

/** A string in JSON notation; some characters are escaped although they need not be. */
export const jsonString = (text: Arbitrary<string>): Arbitrary<string> =>
  fc.tuple(text, fc.infiniteStream(fc.boolean())).map(([value, escapes]) => {
    const units = Array.from({ length: value.length }, (_, at) => value.charAt(at)).map((unit) => {
      const plain = JSON.stringify(unit).slice(1, -1);
      const hex = unit.charCodeAt(0).toString(16).padStart(4, '0');
      return escapes.next().value ? `\\u${hex}` : plain;
    });
    return `"${units.join('')}"`;
  });

/** A number in JSON notation, also in forms that JSON.stringify does not write. */
const jsonNumber: Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(fc.constant('0'), fc.bigInt({ min: 1n, max: 10n ** 24n }).map(String)),
    fc.oneof(
      fc.constant(''),
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1 }).map((d) => `.${d}`),
    ),
    fc.constantFrom('', 'e5', 'E+07', 'e-400', 'e400'),
  )
  .map((parts) => parts.join(''));

const joined = (parts: readonly string[], open: string, close: string, space: string): string =>
  `${open}${space}${parts.join(`${space},`)}${space}${close}`;

/** Any value in JSON notation, with any white space. */
export const jsonText: Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('null', 'true', 'false'),
    jsonNumber,
    jsonString(anyText),
    fc.tuple(fc.array(fc.tuple(blank, tie('value')), { maxLength: 4 }), blank).map(([items, space]) =>
      joined(
        items.map(([before, item]) => before + item),
        '[',
        ']',
        space,
      ),
    ),
    fc
      .tuple(fc.array(fc.tuple(blank, jsonString(anyText), blank, tie('value')), { maxLength: 4 }), blank)
      .map(([members, space]) =>
        joined(
          members.map(([before, name, after, item]) => `${before}${name}${after}:${before}${item}`),
          '{',
          '}',
          space,
        ),
      ),
  ),
})).value;

/** Integrations of scenarios: few, so that they coincide, and some with reserved names. */
const integration = fc.constantFrom('int1', 'int2', 'int3', 'vg:ok', 'vg:no');

const message = fc.string({ unit: fc.constantFrom(...'ab-'), minLength: 1, maxLength: 3 });

const fullName = fc.tuple(integration, message).map(([name, rest]) => `${name}-${rest}`);

/** A payload: envelopes, almost envelopes, any JSON, any text, any bytes. */
export const payload: Arbitrary<Payload> = fc
  .oneof(
    { weight: 3, arbitrary: fc.constant(new Uint8Array()) },
    {
      weight: 3,
      arbitrary: fc
        .record(
          {
            function: fc.oneof({ weight: 5, arbitrary: fullName }, anyText),
            body: fc.jsonValue(),
            timeout: fc.oneof({ weight: 5, arbitrary: fc.nat(40) }, fc.jsonValue()),
          },
          { requiredKeys: ['function'] },
        )
        .map((envelope) => Buffer.from(JSON.stringify(envelope))),
    },
    { weight: 1, arbitrary: jsonText.map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: anyText.map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.uint8Array() },
  )
  .map(payloadOf);

/** A topic: mostly with a name at the right level, sometimes anything. */
export const topic: Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fullName.map((name) => `s2u/cv12345/${name}`) },
  { weight: 1, arbitrary: anyText.map((name) => `s2u/cv12345/${name}`) },
  { weight: 1, arbitrary: anyText },
);

/** A publish without its sequence number. */
export const publish: Arbitrary<Publish> = fc
  .record(
    {
      topic,
      payload,
      qos: fc.constantFrom(0 as const, 1 as const),
      retain: fc.boolean(),
      dup: fc.boolean(),
      expiresInMs: fc.nat(40),
    },
    { requiredKeys: ['topic', 'payload', 'qos', 'retain', 'dup'] },
  )
  .map((given) => publishOf(0, given));

const integrationSet: Arbitrary<IntegrationSet> = fc
  .uniqueArray(fc.tuple(integration, fc.constantFrom('', '@10.0.0.1:6001', '@10.0.0.2:6002')), {
    selector: ([name]) => name,
  })
  .map((names) => registered(names.map((parts) => parts.join(''))));

const atMs = fc.nat(60);

const events: Arbitrary<readonly WorldEvent[]> = fc
  .tuple(
    fc.record({ atMs, set: integrationSet }),
    fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.record({ atMs, publish }) },
        { weight: 1, arbitrary: fc.record({ atMs, set: integrationSet }) },
      ),
      { maxLength: 40, size: 'max' },
    ),
  )
  .map(([set, others]) =>
    [set, ...others]
      .sort((a, b) => a.atMs - b.atMs)
      .map((event, seq) => ('publish' in event ? { ...event, publish: { ...event.publish, seq } } : event)),
  );

/** Anything that may happen around the pipeline: publishes, sets, answers, absences, limits, random numbers. */
export const scenario: Arbitrary<Scenario> = fc.record({
  events,
  answers: fc.array(
    fc.record({
      afterMs: fc.oneof(fc.constant(0), fc.nat(12)),
      outcome: fc.oneof(
        { weight: 3, arbitrary: fc.constant('accepted' as const) },
        { weight: 2, arbitrary: fc.constant('failed' as const) },
        fc.constant('refused' as const),
        fc.constant('away' as const),
      ),
    }),
    { maxLength: 60, size: 'max' },
  ),
  absences: fc.array(fc.record({ afterMs: fc.nat(20), failedProbes: fc.nat(2) }), { maxLength: 10 }),
  limits: fc.record({
    policy: fc.record({
      reservedIntegrations: fc.constant(new Set(['vg:ok'])),
      viaNotifier: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
      toExternal: fc.boolean(),
    }),
    retry: fc.record({ baseMs: fc.nat(4), capMs: fc.nat(10) }),
    holdUnregisteredMs: fc.nat(20),
    maxHeld: fc.nat(6),
    maxWaitingQos0: fc.nat(6),
    callsInFlight: fc.integer({ min: 1, max: 3 }),
    giveUpAfterMs: fc.constantFrom(10, 300_000),
  }),
  chances: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
    minLength: 1,
    maxLength: 5,
  }),
  storeMs: fc.nat(5),
});
