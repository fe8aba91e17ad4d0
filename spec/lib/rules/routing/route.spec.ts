import { assert } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { route } from '../../../../lib/rules/routing/route.js';
import { registered } from '../../../support/shorthand.js';

// The rules in action, with diagrams: spec/streams/pipeline/routing.spec.ts.

const allowed = new Set(['vg:ok']);
const routed = (
  integrations: readonly string[],
  integration: string,
  viaNotifier = true,
  toExternal = false,
): string =>
  pipe(
    route(registered(integrations), { reservedIntegrations: allowed, viaNotifier, toExternal })({
      integration,
    }),
    E.match(
      ({ reason }) => reason,
      ({ targets }) => targets.map((each) => ('sendAddr' in each ? each.sendAddr : each.kind)).join(' '),
    ),
  );

describe('route', () => {
  it('depends on the set and on cvmain’s two switches', () => {
    const set = ['int1@10.0.0.1:6001', 'int2'];
    assert.equal(routed(set, 'int1', true, false), 'notifier');
    assert.equal(routed(set, 'int1', false, true), '10.0.0.1:6001');
    assert.equal(routed(set, 'int1', true, true), 'notifier 10.0.0.1:6001');
    assert.equal(routed(set, 'int1', false, false), 'delivery-disabled');
    assert.equal(routed(set, 'int2', true, false), 'notifier');
    assert.equal(routed(set, 'int2', false, true), 'delivery-disabled');
    assert.equal(routed(set, 'int2', true, true), 'notifier');
    assert.equal(routed(set, 'int3', true, true), 'unregistered');
  });

  it('applies its rules in order: reserved, disabled, registered, addressed', () => {
    assert.equal(routed([], 'vg:no', false, false), 'reserved-name');
    assert.equal(routed([], 'vg:ok', false, false), 'delivery-disabled');
    assert.equal(routed([], 'vg:ok', false, true), 'unregistered');
    assert.equal(routed(['vg:ok'], 'vg:ok', false, true), 'delivery-disabled');
    assert.equal(routed(['vg:ok'], 'vg:ok'), 'notifier');
  });

  it('gives the integration as registered', () => {
    const set = registered(['int1@10.0.0.1:6001']);
    const policy = { reservedIntegrations: allowed, viaNotifier: true, toExternal: false };
    const found = route(set, policy)({ integration: 'int1' });
    assert.isTrue(E.isRight(found) && found.right.integration === set.get('int1'));
  });

  describe('decides once', () => {
    const policy = { reservedIntegrations: allowed, viaNotifier: true, toExternal: false };

    it('for a registered name, and again for another set', () => {
      const decide = route(registered(['int1', 'vg:no']), policy);
      for (const integration of ['int1', 'vg:no']) {
        assert.strictEqual(decide({ integration }), decide({ integration }));
      }
      const moved = registered(['int1@10.0.0.2:6002']);
      const again = route(moved, policy)({ integration: 'int1' });
      assert.isTrue(E.isRight(again) && again.right.integration === moved.get('int1'));
      assert.isTrue(E.isLeft(route(registered([]), policy)({ integration: 'int1' })));
      assert.isTrue(E.isRight(decide({ integration: 'int1' })));
    });

    it('for each name separately', () => {
      const decide = route(registered(['int1', 'int2', 'vg:no']), policy);
      const decided = (integration: string) =>
        pipe(
          decide({ integration }),
          E.match(
            ({ reason }) => reason,
            (found) => found.integration.name,
          ),
        );
      const names = ['int1', 'int2', 'vg:no', 'int3'];
      const expected = ['int1', 'int2', 'reserved-name', 'unregistered'];
      assert.deepEqual(names.map(decided), expected);
      assert.deepEqual(names.map(decided), expected, 'remembered');
    });

    // The number of names on the wire is unbounded.
    it('and remembers no unregistered name', () => {
      const decide = route(registered(['int1']), policy);
      for (const integration of ['int2', 'vg:no', 'vg:ok', '__proto__']) {
        assert.notStrictEqual(decide({ integration }), decide({ integration }), integration);
        assert.deepEqual(decide({ integration }), decide({ integration }));
      }
    });
  });

  it('gives the name in the detail, and where to look', () => {
    const policy = { reservedIntegrations: allowed, viaNotifier: false, toExternal: true };
    const detail = (integration: string): string =>
      pipe(
        route(registered(['int2']), policy)({ integration }),
        E.match(
          (rejection) => rejection.detail,
          () => '',
        ),
      );
    assert.equal(detail('vg:no'), '"vg:no" is reserved and not in reserved_integrations of mq/cvmqtt.json');
    assert.equal(detail('int1'), 'no integration "int1" is registered');
    assert.equal(detail('int2'), 'mq.msgs_via_notifier is false and "int2" is registered without an address');
  });

  it('never routes a reserved name that is not allowed, and always gives a target', () => {
    const name = fc.constantFrom('vg:ok', 'vg:no', 'vg:', 'vg:ok2', 'int1', 'int2');
    const entry = fc.tuple(name, fc.constantFrom('', '@10.0.0.1:1'));
    fc.assert(
      fc.property(fc.array(entry), name, fc.boolean(), fc.boolean(), (set, to, viaNotifier, toExternal) => {
        const end = routed(
          set.map((parts) => parts.join('')),
          to,
          viaNotifier,
          toExternal,
        );
        if (to.startsWith('vg:') && to !== 'vg:ok') assert.equal(end, 'reserved-name');
        assert.notEqual(end, '');
        if (!viaNotifier) assert.notInclude(end, 'notifier');
        if (!toExternal) assert.notInclude(end, '10.0.0.1');
        assert.equal(
          end === 'unregistered',
          (viaNotifier || toExternal) && !set.some(([each]) => each === to) && end !== 'reserved-name',
        );
      }),
    );
  });
});
