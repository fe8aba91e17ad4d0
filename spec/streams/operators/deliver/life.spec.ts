import { assert } from 'chai';
import {
  BehaviorSubject,
  map,
  NEVER,
  of,
  Subject,
  Subscription,
  throwError,
  timer,
  VirtualTimeScheduler,
} from 'rxjs';
import type { Outcome } from '../../../../lib/rules/delivery/outcome.js';
import type { Publish } from '../../../../lib/rules/message/publish.js';
import type { Notify } from '../../../../streams/delivery/deliver-deps.js';
import { deliver } from '../../../../streams/operators/deliver.js';
import { pipeline } from '../../../../streams/pipeline.js';
import { allIsWell, answering, spoolRules } from '../../../support/deps.js';
import { rules } from '../../../support/marbles.js';
import { publishOf, registered } from '../../../support/shorthand.js';
import { MemorySpool } from '../../../support/spool-world.js';

const accepted: Outcome = { kind: 'accepted' };

/** A way to end a run. */
interface Ending {
  readonly publish$: Subject<Publish>;
  readonly stop$: Subject<void>;
  readonly run: Subscription;
}

describe('deliver: start and end', () => {
  it('completes when the source has completed and nothing waits', () =>
    rules(({ given, publishes, sets, cvmain, settlements }) => {
      given({ holdUnregisteredMs: 7 });
      sets('       0---------', { 0: ['int1'] });
      publishes('  ab|', { a: 'int1-a', b: 'int2-b' });
      cvmain({ a: '----+' });
      settlements('----a---(b|)', { a: 'notified', b: 'unregistered' });
    }));

  it('completes with an empty source', () =>
    rules(({ publishes, settlements }) => {
      publishes('  ---|');
      settlements('---|');
    }));

  it('does not complete before the source', () =>
    rules(({ publishes, settlements }) => {
      publishes('  -a--');
      settlements('-a--');
    }));

  it('forwards an error of the source, and cancels calls in flight', () =>
    rules(({ publishes, cvmain, calls, settlements }) => {
      publishes('  a--#');
      cvmain({ a: '------+' });
      calls({ a: ' ^--!' });
      settlements('---#');
    }));

  it('cancels calls in flight on unsubscribe, and makes none after', () =>
    rules(({ given, publishes, cvmain, calls, unsubscribes, settlements }) => {
      given({ retry: { baseMs: 5, capMs: 5 } });
      publishes('    abcd--------', { a: 'int1-a', b: 'int2-b', c: 'int1-c', d: 'int3-d' });
      cvmain({
        a: '         ---------+     ',
        b: '          ---------+    ',
        d: '            ~           ',
      });
      calls({
        a: '         ^----!         ',
        b: '         -^---!         ',
        c: [],
        d: '         ---(^!)        ',
      });
      unsubscribes(' ^----!         ');
      settlements('  ------         ');
    }));

  it('leaves no timer behind after unsubscribing', () => {
    const scheduler = new VirtualTimeScheduler();
    const publish$ = new Subject<Publish>();
    const holding = { ...allIsWell, scheduler, integrations$: of(registered([])), holdUnregisteredMs: 1000 };
    const subscription = publish$.pipe(pipeline(holding)).subscribe();
    publish$.next(publishOf(1, 'int1-a'));
    assert.lengthOf(scheduler.actions, 1);
    subscription.unsubscribe();
    assert.isEmpty(scheduler.actions);
  });

  for (const [title, end] of [
    ['it has completed', ({ publish$ }) => publish$.complete()],
    ['it was stopped', ({ stop$ }) => stop$.next()],
    ['it is unsubscribed from', ({ run }) => run.unsubscribe()],
  ] as readonly (readonly [string, (test: Ending) => void])[]) {
    it(`leaves no timer and no listener behind when ${title}, also with a spool`, () => {
      const scheduler = new VirtualTimeScheduler(undefined, 0);
      const test = { publish$: new Subject<Publish>(), stop$: new Subject<void>(), run: Subscription.EMPTY };
      const set$ = new BehaviorSubject(registered(['int1', 'int2']));
      const spool = { spool: new MemorySpool(scheduler), rules: spoolRules };
      const notify = answering(({ integration }) =>
        timer(integration === 'int1' ? 5 : 2, scheduler).pipe(map(() => accepted)),
      );
      const deps = {
        ...allIsWell,
        scheduler,
        notify,
        spool,
        integrations$: set$,
        stop$: test.stop$,
        holdUnregisteredMs: 20,
      };
      test.run = test.publish$.pipe(pipeline(deps)).subscribe();
      for (const [seq, name] of ['int1-a', 'int2-b', 'int3-c', 'int1-d'].entries())
        test.publish$.next(publishOf(seq, name));
      scheduler.maxFrames = 3;
      scheduler.flush();
      end(test);
      scheduler.maxFrames = 30;
      scheduler.flush();
      assert.isTrue(test.run.closed);
      assert.isEmpty(scheduler.actions.filter(({ closed }) => !closed));
      assert.deepEqual(
        [test.publish$, test.stop$, set$].map(({ observed }) => observed),
        [false, false, false],
      );
    });
  }

  it('forwards an error of any dependency: each is a bug', () => {
    const bug = throwError(() => 'bug');
    const away: Outcome = { kind: 'away', detail: '' };
    for (const broken of [
      { integrations$: bug },
      { stop$: bug },
      { whenServing$: bug, notify: answering(() => of(away)) },
      { deadLetter: () => bug, integrations$: of(registered([])) },
    ]) {
      const errors: unknown[] = [];
      of(publishOf(1, 'int1-a'))
        .pipe(pipeline({ ...allIsWell, ...broken }))
        .subscribe({ error: (error) => errors.push(error) });
      assert.deepEqual(errors, ['bug']);
    }
    for (const broken of [NEVER.pipe(deliver({ ...allIsWell, stop$: bug })), bug.pipe(deliver(allIsWell))]) {
      const errors: unknown[] = [];
      broken.subscribe({ error: (error) => errors.push(error) });
      assert.deepEqual(errors, ['bug']);
    }
  });

  it('lets an exception of a call surface: it is a bug, as failures are outcomes', () => {
    const scheduler = new VirtualTimeScheduler();
    const firstFails: Notify = (_message, _target, done) => {
      if (scheduler.now() > 0) throw new Error('bug');
      done({ kind: 'failed', detail: '' });
      return () => undefined;
    };
    const retrying = {
      ...allIsWell,
      scheduler,
      notify: firstFails,
      retry: { baseMs: 5, capMs: 5 },
      random: () => 1,
    };
    of(publishOf(1, 'int1-a')).pipe(pipeline(retrying)).subscribe();
    assert.throws(() => scheduler.flush(), 'bug');
  });

  it('cancels each call in flight once, and no finished call', () => {
    const answers = new Map<string, (outcome: Outcome) => void>();
    const cancelled: string[] = [];
    const notify: Notify = ({ name }, _target, done) => {
      answers.set(name, done);
      if (name === 'int1-at-once') done({ kind: 'failed', detail: '' });
      return () => cancelled.push(name);
    };
    const deps = {
      ...allIsWell,
      scheduler: new VirtualTimeScheduler(),
      notify,
      retry: { baseMs: 1000, capMs: 1000 },
      integrations$: of(registered(['int1', 'int2', 'int3', 'int4'])),
    };
    const publish$ = new Subject<Publish>();
    const subscription = publish$.pipe(pipeline(deps)).subscribe();
    for (const name of ['int1-at-once', 'int2-later', 'int3-never', 'int4-never']) {
      publish$.next(publishOf(1, name));
    }
    answers.get('int2-later')?.({ kind: 'failed', detail: '' });
    assert.isEmpty(cancelled);
    subscription.unsubscribe();
    assert.deepEqual(cancelled, ['int3-never', 'int4-never']);
  });
});
