import * as t from 'io-ts';

/** A message in an event: the hash names it to whoever sent it, as MQTT 3.1.1 carries no id from end to end. */
const About = {
  /** SHA-256 of topic and payload, see `digestOf`. */
  digest: t.string,
  /** The full name; the topic if it has none. */
  name: t.string,
};

const Step = t.intersection([
  t.type({
    step: t.keyof({ decode: null, split: null, route: null, hold: null, deliver: null, settle: null }),
    verdict: t.keyof({ passes: null, waits: null, ends: null }),
    text: t.string,
    rule: t.string,
  }),
  t.partial({ decidedBy: t.string }),
]);

const Reason = t.keyof({
  unsubscribed: null,
  undecodable: null,
  'malformed-name': null,
  'reserved-name': null,
  unregistered: null,
  'delivery-disabled': null,
  'too-large': null,
  refused: null,
  expired: null,
  overflow: null,
});

const At = t.type({ at: t.string });

const DevEvent = t.union([
  t.intersection([
    At,
    t.type({
      event: t.literal('started'),
      broker: t.string,
      cvmain: t.string,
      notifier: t.string,
      username: t.string,
    }),
    /** URL of the live page. */
    t.partial({ page: t.string }),
  ]),
  t.intersection([
    At,
    t.type({ event: t.literal('registered'), name: t.string, address: t.union([t.string, t.null]) }),
    /** What is wrong with the registration. */
    t.partial({ warning: t.string }),
  ]),
  t.intersection([At, t.type({ event: t.literal('unregistered'), name: t.string })]),
  t.intersection([
    At,
    t.type({
      event: t.literal('received'),
      ...About,
      topic: t.string,
      qos: t.number,
      retain: t.boolean,
      payload: t.string,
    }),
  ]),
  t.intersection([
    At,
    t.type({ event: t.literal('held'), ...About, integration: t.string, for_ms: t.number }),
    /** `advice`: what to do, if waiting will not help. */
    t.partial({ nearest: t.string, advice: t.string }),
  ]),
  t.intersection([
    At,
    t.type({
      event: t.literal('called'),
      ...About,
      to: t.string,
      /** Whether the app depends on this call: not on the notifier's, if it registered an address. */
      depends: t.boolean,
      outcome: t.keyof({ accepted: null, refused: null, failed: null, away: null }),
      took_ms: t.number,
    }),
    t.partial({ detail: t.string }),
  ]),
  t.intersection([At, t.type({ event: t.literal('unheard'), to: t.string })]),
  t.intersection([At, t.type({ event: t.literal('spooled'), ...About })]),
  t.intersection([
    At,
    t.type({
      event: t.literal('notified'),
      ...About,
      /** Addresses of apps, as in `called`. */
      to: t.array(t.string),
      via_notifier: t.boolean,
      took_ms: t.number,
    }),
  ]),
  t.intersection([
    At,
    t.type({
      event: t.literal('dead-lettered'),
      ...About,
      reason: Reason,
      detail: t.string,
      advice: t.string,
      steps: t.array(Step),
      took_ms: t.number,
    }),
  ]),
  t.intersection([At, t.type({ event: t.literal('log'), level: t.string, message: t.string })]),
]);

/**
 * What `cvmqtt dev` saw happen, in order: a line of its `--json`, and a message on its broker for `cvmqtt send`. `at` is in
 * RFC 3339, times in ms.
 */
export type DevEvent = t.TypeOf<typeof DevEvent>;

export { DevEvent as DevEventCodec };

/** The topic on the broker of `cvmqtt dev` that carries its events; the first is retained. The server may subscribe to it. */
export const devTopic = 'cvmqtt-dev/events';
