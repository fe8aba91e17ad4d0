import { assert } from 'chai';
import {
  asapScheduler,
  from,
  lastValueFrom,
  map,
  type Observable,
  observeOn,
  of,
  range,
  Subject,
  take,
  toArray,
} from 'rxjs';
import type { Outcome } from '../../../../lib/rules/delivery/outcome.js';
import type { IntegrationSet } from '../../../../lib/rules/routing/integrations.js';
import type { Settlement } from '../../../../lib/rules/settlement.js';
import { type PipelineDeps, pipeline } from '../../../../streams/pipeline.js';
import { allIsWell, answering } from '../../../support/deps.js';
import { ending, publishOf, registered } from '../../../support/shorthand.js';

const many = 20_000;
const accepted: Outcome = { kind: 'accepted' };

const deps: PipelineDeps = { ...allIsWell, maxHeld: many, maxWaitingQos0: many };

const allFor = (name: (n: number) => string): Observable<ReturnType<typeof publishOf>> =>
  range(0, many).pipe(map((n) => publishOf(n, name(n))));

const run = (changed: Partial<PipelineDeps>, name: (n: number) => string): Promise<Settlement[]> =>
  lastValueFrom(allFor(name).pipe(pipeline({ ...deps, ...changed }), toArray()));

const toOne = (n: number): string => `int1-${n}`;
const toEach = (n: number): string => `int${n}-open`;
const each = registered(Array.from({ length: many }, (_, n) => `int${n}`));

const assertAllInOrder = (settlements: readonly Settlement[], end: string): void => {
  assert.equal(settlements.length, many);
  assert.deepEqual([...new Set(settlements.map(ending))], [end]);
  assert.equal(
    settlements.findIndex(({ publish }, n) => publish.seq !== n),
    -1,
    'out of order',
  );
};

// Bounded flattening operators recurse or stall here (docs/architecture.md#decision-14).
describe('deliver: 20,000 messages at once', () => {
  it('pass for one integration, with calls answered at once', async () => {
    assertAllInOrder(await run({}, toOne), 'notified');
  });

  it('pass for as many integrations, with calls answered at once', async () => {
    assertAllInOrder(await run({ integrations$: of(each) }, toEach), 'notified');
  });

  it('pass with calls answered later', async () => {
    const notify = answering(() => of(accepted).pipe(observeOn(asapScheduler)));
    assertAllInOrder(await run({ notify }, toOne), 'notified');
  });

  it('pass with calls refused at once', async () => {
    const notify = answering(() => of({ kind: 'refused', detail: 'no' }));
    assertAllInOrder(await run({ notify }, toOne), 'refused');
  });

  it('pass if cvmain is repeatedly away, and back at once', async () => {
    let calls = 0;
    const notify = answering(() => of(calls++ % 2 ? accepted : { kind: 'away', detail: 'no' }));
    assertAllInOrder(await run({ notify }, toOne), 'notified');
  });

  it('pass for an unregistered integration', async () => {
    const integrations$ = of(registered([]));
    assertAllInOrder(await run({ integrations$ }, toOne), 'unregistered');
    assertAllInOrder(
      await run({ integrations$, maxHeld: 0, holdUnregisteredMs: 1000 }, toOne),
      'unregistered',
    );
  });

  it('pass if they are undecodable', async () => {
    assertAllInOrder(await run({}, () => 'nodash'), 'malformed-name');
  });

  it('pass after they waited for the first set, or for their registration', async () => {
    for (const [first, name] of [
      [[], toOne],
      [[registered([])], toEach],
    ] as const) {
      const integrations$ = new Subject<IntegrationSet>();
      const settlements = run({ integrations$, holdUnregisteredMs: 10_000 }, name);
      from([...first, each]).subscribe(integrations$);
      assertAllInOrder(await settlements, 'notified');
    }
  });

  it('cause no call after the first if the subscriber takes only that one', async () => {
    let calls = 0;
    const notify = answering(() => {
      calls += 1;
      return of(accepted);
    });
    const integrations$ = new Subject<IntegrationSet>();
    const first = lastValueFrom(allFor(toEach).pipe(pipeline({ ...deps, integrations$, notify }), take(1)));
    integrations$.next(each);
    assert.equal((await first).publish.seq, 0);
    assert.equal(calls, 1);
  });
});
