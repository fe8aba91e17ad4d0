import { assert } from 'chai';
import fc from 'fast-check';
import type { Target } from '../../../lib/rules/target.js';
import { scenario } from '../../support/arbitraries.js';
import { type Call, play, type Scenario, type Trace } from '../../support/scenario.js';
import { ending } from '../../support/shorthand.js';

const runs = { numRuns: 100 };

/** Checks this for random scenarios around the pipeline. */
const always = (check: (trace: Trace, scenario: Scenario) => void): void =>
  fc.assert(
    fc.property(scenario, (each) => check(play(each), each)),
    runs,
  );

/** The same, ended at any time in either way. */
const alsoWhenEnded = (check: (trace: Trace, scenario: Scenario) => void): void =>
  fc.assert(
    fc.property(scenario, fc.nat(80), fc.constantFrom('stopAtMs', 'unsubscribeAtMs'), (each, ms, how) => {
      const ended = { ...each, [how]: ms };
      check(play(ended), ended);
    }),
    runs,
  );

const orderOf = (moment: { readonly order: number } | undefined): number =>
  moment?.order ?? Number.POSITIVE_INFINITY;

const seqsOf = (things: readonly { readonly seq: number }[]): number[] => things.map(({ seq }) => seq);

/** Number of calls in flight when each call begins. */
const inFlight = (calls: readonly Call[]): number[] =>
  calls.map(
    ({ begin }) =>
      calls.filter((other) => orderOf(other.begin) <= begin.order && orderOf(other.end) > begin.order).length,
  );

const groupedBy = <T>(things: readonly T[], keyOf: (thing: T) => string): T[][] => {
  const groups = new Map<string, T[]>();
  for (const thing of things) groups.set(keyOf(thing), [...(groups.get(keyOf(thing)) ?? []), thing]);
  return [...groups.values()];
};

const ascending = (numbers: readonly number[]): readonly number[] => [...numbers].sort((a, b) => a - b);

describe('pipeline: what it promises, whatever happens', () => {
  it('ends each publish in exactly one settlement', () =>
    always(({ settlements, received, completed }) => {
      assert.isDefined(completed);
      assert.deepEqual(
        ascending(settlements.map(({ settlement }) => settlement.publish.seq)),
        ascending([...received.keys()]),
      );
    }));

  it('never settles a publish twice, however it is ended', () =>
    alsoWhenEnded(({ settlements, completed }) => {
      const seqs = settlements.map(({ settlement }) => settlement.publish.seq);
      assert.sameOrderedMembers(seqs, [...new Set(seqs)]);
      assert.isDefined(completed);
    }));

  it('says notified once every target of the last call has accepted, and only then', () =>
    always(({ settlements, calls }, { limits: { policy } }) => {
      for (const { set, settlement } of settlements) {
        const own = calls.filter(({ seq }) => seq === settlement.publish.seq);
        const last = own.at(-1);
        const accepted = own.filter(({ outcome }) => outcome === 'accepted').map(({ target }) => target.kind);
        const address = last?.set?.get(last.integration)?.address;
        const missing: Target['kind'][] = [];
        if (policy.viaNotifier && !accepted.includes('notifier')) missing.push('notifier');
        if (policy.toExternal && address && !accepted.includes('external')) missing.push('external');
        const complete = last?.outcome === 'accepted' && missing.length === 0;
        // A missing target may no longer be due.
        if (complete || set === last?.set) assert.equal(settlement.kind === 'notified', complete);
        if (settlement.kind === 'notified') assert.isNotEmpty(accepted);
      }
    }));

  it('says refused if and only if cvmain refused the last call', () =>
    always(({ settlements, calls }) => {
      for (const { settlement } of settlements) {
        const own = calls.filter(({ seq }) => seq === settlement.publish.seq);
        const isGivenUp =
          'detail' in settlement && settlement.detail.startsWith('cvmain answered with failures');
        assert.equal(ending(settlement) === 'refused', isGivenUp || own.at(-1)?.outcome === 'refused');
        assert.isEmpty(own.slice(0, -1).filter(({ outcome }) => outcome === 'refused'));
      }
    }));

  it('notifies no target twice once it has accepted', () =>
    alsoWhenEnded(({ calls }) => {
      const accepted = calls.filter(({ outcome }) => outcome === 'accepted');
      const keys = accepted.map(({ seq, target }) => `${seq} ${target.kind}`);
      assert.sameOrderedMembers(keys, [...new Set(keys)]);
      for (const { seq, target, begin } of accepted) {
        const later = calls.filter((each) => each.seq === seq && each.begin.order > begin.order);
        assert.notInclude(
          later.map((each) => each.target.kind),
          target.kind,
        );
      }
    }));

  it('keeps the order within an integration', () =>
    alsoWhenEnded(({ calls }) => {
      for (const own of groupedBy(calls, ({ integration }) => integration)) {
        assert.sameOrderedMembers(seqsOf(own), [...ascending(seqsOf(own))]);
      }
    }));

  it('makes one call at a time per integration, within the limit of calls in flight', () =>
    alsoWhenEnded(({ calls }, { limits }) => {
      assert.isAtMost(Math.max(0, ...inFlight(calls)), limits.callsInFlight);
      for (const own of groupedBy(calls, ({ integration }) => integration)) {
        assert.equal(Math.max(0, ...inFlight(own)), 1);
      }
    }));

  it('calls only for integrations registered at that moment, at their registered address', () =>
    alsoWhenEnded(({ calls }) => {
      for (const { set, integration, target } of calls) {
        const known = set?.get(integration);
        assert.isDefined(known);
        if (target.kind === 'external') {
          assert.equal(target.sendAddr, `${known?.address?.host}:${known?.address?.port}`);
        }
      }
    }));

  it('delivers to no reserved name that is not allowed, and to no target that is switched off', () =>
    alsoWhenEnded(({ calls }, { limits: { policy } }) => {
      for (const { integration, target } of calls) {
        assert.notEqual(integration, 'vg:no');
        assert.isTrue(target.kind === 'notifier' ? policy.viaNotifier : policy.toExternal);
      }
    }));

  it('never dead-letters a message of a registered integration as unregistered', () =>
    always(({ settlements }, { storeMs }) => {
      for (const { set, settlement } of settlements) {
        // While a dead letter is being written, an app may still register.
        if (storeMs > 0 || ending(settlement) !== 'unregistered') continue;
        assert.isFalse(set?.has(settlement.message?.integration ?? ''));
      }
    }));

  it('delivers nothing expired', () =>
    alsoWhenEnded(({ calls, settlements, received }) => {
      for (const { settlement } of settlements) {
        const { publish, message } = { message: undefined, ...settlement };
        const end = (received.get(publish.seq)?.ms ?? 0) + (message?.lifetimeMs ?? Number.POSITIVE_INFINITY);
        for (const { seq, begin } of calls) if (seq === publish.seq) assert.isBelow(begin.ms, end);
      }
    }));

  it('makes no call while cvmain is away, and one probe at a time', () =>
    alsoWhenEnded(({ calls, mostProbes }) => {
      assert.isEmpty(calls.filter(({ away }) => away));
      assert.isAtMost(mostProbes, 1);
    }));

  it('stores each dead letter once, before it says so', () =>
    always(({ settlements, stored }) => {
      for (const { at, settlement } of settlements) {
        const letters = stored.filter(({ letter }) => letter.publish.seq === settlement.publish.seq);
        assert.lengthOf(letters, settlement.kind === 'dead-lettered' ? 1 : 0);
        for (const letter of letters) assert.isBelow(letter.at.order, at.order);
      }
    }));

  it('reports the number of calls and the time taken', () =>
    always(({ settlements, calls, received }, { storeMs }) => {
      for (const { at, settlement } of settlements) {
        const { publish, attempts, tookMs } = settlement;
        assert.equal(attempts, calls.filter(({ seq }) => seq === publish.seq).length);
        const stored = settlement.kind === 'notified' ? 0 : storeMs;
        // A timeout may have fractions of a millisecond.
        assert.closeTo(tookMs, at.ms - stored - (received.get(publish.seq)?.ms ?? 0), 0.999);
      }
    }));

  it('lets calls finish when stopped, and cancels them on unsubscribe', () =>
    fc.assert(
      fc.property(scenario, fc.nat(80), (each, ms) => {
        const stopped = play({ ...each, stopAtMs: ms });
        assert.isEmpty(stopped.calls.filter(({ outcome }) => outcome === undefined));
        assert.isEmpty(stopped.calls.filter(({ end }) => end === undefined));
        const unsubscribed = play({ ...each, unsubscribeAtMs: ms });
        for (const { end } of unsubscribed.calls) assert.isAtMost(end?.ms ?? Number.POSITIVE_INFINITY, ms);
      }),
      runs,
    ));

  it('emits the settlement of everything accepted before the stop', () =>
    fc.assert(
      fc.property(scenario, fc.nat(80), (each, stopAtMs) => {
        const { calls, settlements } = play({
          ...each,
          stopAtMs,
          limits: { ...each.limits, policy: { ...each.limits.policy, toExternal: false } },
        });
        const settled = settlements.map(({ settlement }) => settlement.publish.seq);
        for (const { seq, outcome } of calls) {
          if (outcome === 'accepted' || outcome === 'refused') assert.include(settled, seq);
        }
      }),
      runs,
    ));
});
