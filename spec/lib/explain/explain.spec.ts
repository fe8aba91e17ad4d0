import { expect } from 'chai';
import fc from 'fast-check';
import { explain } from '../../../lib/explain/explain.js';
import type { Step } from '../../../lib/explain/step.js';
import { topicFilter } from '../../../lib/rules/message/topic-filter.js';
import type { Settlement } from '../../../lib/rules/settlement.js';
import { stepNames, stepOf } from '../../../lib/rules/steps.js';
import { judge } from '../../../streams/programs/judge-one.js';
import type { Rules } from '../../../streams/rules.js';
import { scenario } from '../../support/arbitraries.js';
import { allIsWell } from '../../support/deps.js';
import { play, type WorldEvent } from '../../support/scenario.js';
import { publishOf, registered, type Sent } from '../../support/shorthand.js';

const decodeRules = { nameFrom: 'auto', filters: [topicFilter('s2u/cv12345/#')] } as const;

/** That the steps tell of a settlement what happened: all of them in order, and its end in its own words. */
const expectAccount = (steps: readonly Step[], settlement: Settlement): void => {
  const last = steps.at(-1);
  const asked = [...new Set(steps.map(({ step }) => step))];
  // What was over before it was its turn was not routed.
  const early = last?.step === 'hold' && !asked.includes('route');
  const order = early ? stepNames.filter((name) => name !== 'route') : stepNames;
  expect(asked).to.deep.equal(order.slice(0, asked.length));
  expect(asked).to.deep.equal(steps.map(({ step }) => step).filter((step, at, all) => step !== all[at - 1]));
  expect(steps.slice(0, -1).filter(({ verdict }) => verdict === 'ends')).to.deep.equal([]);
  if (settlement.kind !== 'dead-lettered') {
    expect(last).to.include({ step: 'settle', verdict: 'passes' });
    return;
  }
  expect(last?.verdict).to.equal('ends');
  expect(last?.step).to.equal(stepOf(settlement.reason, settlement.attempts > 0));
  expect(last?.text).to.include(settlement.detail);
};

describe('explain', () => {
  it('tells of any settlement of the pipeline what happened, whatever was published, registered and allowed', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(scenario, (given) => {
        const set = given.events.flatMap((event) => ('set' in event ? [event.set] : []))[0] ?? new Map();
        const publishes = given.events.filter((event) => 'publish' in event);
        const events: WorldEvent[] = [{ atMs: 0, set }, ...publishes];
        const rules = { ...given.limits, decodeRules };
        for (const { settlement } of play({ ...given, events }).settlements) {
          if (settlement.kind === 'spooled') throw new Error('there is no spool');
          const steps = explain(rules, set, settlement);
          expectAccount(steps, settlement);
          seen.add(`${steps.at(-1)?.step} ${steps.at(-1)?.verdict}`);
        }
      }),
      { numRuns: 300 },
    );
    const ends = stepNames.filter((step) => step !== 'settle').map((step) => `${step} ends`);
    expect([...seen].sort()).to.deep.equal(['settle passes', ...ends].sort());
  });

  it('has the verdict of the pipeline for any publish, set and policy, when it is judged alone', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const set = given.events.flatMap((event) => ('set' in event ? [event.set] : []))[0] ?? new Map();
        for (const event of given.events) {
          if (!('publish' in event)) continue;
          const { publish } = event;
          const alone = { ...given, answers: [], storeMs: 0 };
          const [settled] = play({
            ...alone,
            events: [
              { atMs: 0, set },
              { atMs: 0, publish },
            ],
          }).settlements;
          const verdict = judge({ ...given.limits, decodeRules }, set)(publish);
          expect(verdict).to.deep.equal(settled?.settlement);
          expectAccount(explain({ ...given.limits, decodeRules }, set, verdict), verdict);
        }
      }),
    );
  });

  describe('in words', () => {
    const rules: Rules = { ...allIsWell, holdUnregisteredMs: 30_000 };

    /** What each step asked, as lines. */
    const told = (sent: Sent, integrations: readonly string[], more: Partial<Rules> = {}) => {
      const set = registered(integrations);
      const settlement = judge({ ...rules, ...more }, set)(publishOf(1, sent));
      const steps = explain({ ...rules, ...more }, set, settlement);
      return steps.map(({ step, verdict, text }) => `${step} ${verdict}: ${text}`);
    };

    it('names the nearest registered app, and for how long it would be waited for', () => {
      expect(told('int2-open', ['int1', 'other']).slice(-2)).to.deep.equal([
        'route waits: "int2" is not registered; the nearest registered name is "int1"',
        'hold ends: unregistered: no integration "int2" is registered; held 30000 ms for it',
      ]);
    });

    it('says why an app with a dash in its name does not get it', () => {
      expect(told('my-app-x', ['my-app'])).to.include.members([
        'split passes: "app-x" for "my"',
        'route waits: "my" is not registered; "my-app" is, but a name with a dash can never receive: it ends at its first dash',
      ]);
    });

    it('says how large a message would be', () => {
      expect(told({ name: 'int1-open', text: 'x'.repeat(40_000) }, ['int1']).at(-1)).to.match(
        /^decode ends: its notification has 40\d\d\d bytes, more than 32768$/,
      );
      expect(told({ name: 'int1-open', text: 'x'.repeat(300_000) }, ['int1'])).to.deep.equal([
        'decode ends: its payload has 300000 bytes, more than 262144',
      ]);
    });

    it('says where the name was found, and for how long the message is good', () => {
      const json = { function: 'int1-open', body: 'x', timeout: 5_000 };
      expect(told({ json }, ['int1'])).to.include.members([
        'decode passes: the payload is an envelope with the name "int1-open", a body of 1 byte, timeout 5.0 s',
        'hold passes: nothing to wait for; if there were, it would be expired after 5.0 s',
      ]);
      expect(told('int1-open', ['int1'])[0]).to.equal(
        'decode passes: the topic s2u/cv12345/int1-open gives the name "int1-open"; the payload is the body, 3 bytes',
      );
      expect(told({ json }, ['other']).at(-1)).to.equal(
        'hold ends: expired: its lifetime of 5000 ms is over',
      );
    });

    it('says who is notified, or which setting keeps it from that', () => {
      const both = { policy: { ...rules.policy, toExternal: true } };
      expect(told('int1-open', ['int1@10.0.0.1:6001'], both)).to.include.members([
        'route passes: "int1" is registered, with the address 10.0.0.1:6001',
        'deliver passes: send_notification to the notifier, and to 10.0.0.1:6001',
      ]);
      const external = { policy: { ...both.policy, viaNotifier: false } };
      expect(told('int1-open', ['int1'], external).at(-1)).to.match(
        /^route ends: mq\.msgs_via_notifier is false and/,
      );
      const neither = { policy: { ...rules.policy, viaNotifier: false } };
      expect(told('int1-open', ['int1'], neither).at(-1)).to.match(/^route ends: mq\.msgs_via_notifier and/);
      expect(told('vg:x-open', ['vg:x']).at(-1)).to.match(/reserved_integrations of mq\/cvmqtt\.json$/);
      const trusted = { policy: { ...rules.policy, reservedIntegrations: new Set(['vg:x']) } };
      expect(told('vg:x-open', ['vg:x'], trusted)).to.include(
        'route passes: "vg:x" is reserved, and on the allow list',
      );
    });

    it('says which setting decides', () => {
      const set = registered([]);
      const by = explain(rules, set, judge(rules, set)(publishOf(1, 'int1-open'))).map(
        (step) => step.decidedBy,
      );
      expect(by).to.deep.equal([
        'name_from "auto" (mq/cvmqtt.json)',
        undefined,
        undefined,
        'reserved_integrations [] (mq/cvmqtt.json)',
        'mq/integrations.json',
        "hold_unregistered_ms 30000 (mq/cvmqtt.json); the envelope's timeout, MQTT's message expiry",
      ]);
    });
  });
});
