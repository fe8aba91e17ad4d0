import { expect } from 'chai';
import fc from 'fast-check';
import { explain } from '../../../lib/explain/explain.js';
import type { Step } from '../../../lib/explain/step.js';
import { topicFilter } from '../../../lib/rules/message/topic-filter.js';
import type { Settlement } from '../../../lib/rules/settlement.js';
import { stepNames, stepOf } from '../../../lib/rules/steps.js';
import { dryRun } from '../../../streams/programs/dry-run.js';
import type { Rules } from '../../../streams/rules.js';
import { scenario } from '../../support/arbitraries.js';
import { allIsWell } from '../../support/deps.js';
import { play, type WorldEvent } from '../../support/scenario.js';
import { publishOf, registered, type Sent } from '../../support/shorthand.js';

const decodeRules = { nameFrom: 'auto', filters: [topicFilter('s2u/cv12345/#')] } as const;

/** Expects the steps to match the settlement: all of them in order, and the last one with its detail. */
const expectAccount = (steps: readonly Step[], settlement: Settlement): void => {
  const last = steps.at(-1);
  const checked = [...new Set(steps.map(({ step }) => step))];
  // A message that expired before its turn was not routed.
  const early = last?.step === 'hold' && !checked.includes('route');
  const order = early ? stepNames.filter((name) => name !== 'route') : stepNames;
  expect(checked).to.deep.equal(order.slice(0, checked.length));
  expect(checked).to.deep.equal(
    steps.map(({ step }) => step).filter((step, at, all) => step !== all[at - 1]),
  );
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
  it('explains any settlement of the pipeline, whatever was published, registered and allowed', () => {
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

  it('agrees with the pipeline on any single publish, whatever the set and the policy', () => {
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
          const verdict = dryRun({ ...given.limits, decodeRules }, set)(publish);
          expect(verdict).to.deep.equal(settled?.settlement);
          expectAccount(explain({ ...given.limits, decodeRules }, set, verdict), verdict);
        }
      }),
    );
  });

  describe('texts', () => {
    const rules: Rules = { ...allIsWell, holdUnregisteredMs: 30_000 };

    /** The findings, as lines. */
    const findings = (sent: Sent, integrations: readonly string[], more: Partial<Rules> = {}) => {
      const set = registered(integrations);
      const settlement = dryRun({ ...rules, ...more }, set)(publishOf(1, sent));
      const steps = explain({ ...rules, ...more }, set, settlement);
      return steps.map(({ step, verdict, text }) => `${step} ${verdict}: ${text}`);
    };

    it('names the nearest registered app, and how long the message would wait', () => {
      expect(findings('int2-open', ['int1', 'other']).slice(-2)).to.deep.equal([
        'route waits: "int2" is not registered; the nearest registered name is "int1"',
        'hold ends: unregistered: no integration "int2" is registered; held 30000 ms for it',
      ]);
    });

    it('shows the address of an app as cvmain is told to send there', () => {
      const set = new Map([['int1', { name: 'int1', address: { host: '::1', port: 6001 } }]]);
      const settlement = dryRun(rules, set)(publishOf(1, 'int1-open'));
      expect(explain(rules, set, settlement).map(({ text }) => text)).to.include(
        '"int1" is registered, with the address [::1]:6001',
      );
    });

    it('says why an app with a dash in its name does not receive it', () => {
      expect(findings('my-app-x', ['my-app'])).to.include.members([
        'split passes: "app-x" for "my"',
        'route waits: "my" is not registered; "my-app" is, but an app with a dash in its name can never receive a message',
      ]);
    });

    it('says how large the notification would be', () => {
      expect(findings({ name: 'int1-open', text: 'x'.repeat(40_000) }, ['int1']).at(-1)).to.match(
        /^decode ends: its notification has 40\d\d\d bytes, more than 32768$/,
      );
      expect(findings({ name: 'int1-open', text: 'x'.repeat(300_000) }, ['int1'])).to.deep.equal([
        'decode ends: its payload has 300000 bytes, more than 262144',
      ]);
    });

    it('says where the name was found, and how long the message stays valid', () => {
      const json = { function: 'int1-open', body: 'x', timeout: 5_000 };
      expect(findings({ json }, ['int1'])).to.include.members([
        'decode passes: the payload is an envelope with the name "int1-open", a body of 1 byte, timeout 5.0 s',
        'hold passes: nothing to wait for; its lifetime is 5.0 s',
      ]);
      expect(findings('int1-open', ['int1'])[0]).to.equal(
        'decode passes: the topic s2u/cv12345/int1-open gives the name "int1-open"; the payload is the body, 3 bytes',
      );
      expect(findings({ json }, ['other']).at(-1)).to.equal(
        'hold ends: expired: its lifetime of 5000 ms is over',
      );
    });

    it('says where the notifications go, or which setting prevents them', () => {
      const both = { policy: { ...rules.policy, toExternal: true } };
      expect(findings('int1-open', ['int1@10.0.0.1:6001'], both)).to.include.members([
        'route passes: "int1" is registered, with the address 10.0.0.1:6001',
        'deliver passes: send_notification to the notifier, and to 10.0.0.1:6001',
      ]);
      const external = { policy: { ...both.policy, viaNotifier: false } };
      expect(findings('int1-open', ['int1'], external).at(-1)).to.match(
        /^route ends: mq\.msgs_via_notifier is false and/,
      );
      const neither = { policy: { ...rules.policy, viaNotifier: false } };
      expect(findings('int1-open', ['int1'], neither).at(-1)).to.match(
        /^route ends: mq\.msgs_via_notifier and/,
      );
      expect(findings('vg:x-open', ['vg:x']).at(-1)).to.match(/reserved_integrations of mq\/cvmqtt\.json$/);
      const trusted = { policy: { ...rules.policy, reservedIntegrations: new Set(['vg:x']) } };
      expect(findings('vg:x-open', ['vg:x'], trusted)).to.include(
        'route passes: "vg:x" is reserved and on the allow list',
      );
    });

    it('says which setting decides', () => {
      const set = registered([]);
      const by = explain(rules, set, dryRun(rules, set)(publishOf(1, 'int1-open'))).map(
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
