import { assert } from 'chai';
import { NEVER, of, Subject, throwError, VirtualTimeScheduler } from 'rxjs';
import type { Outcome } from '../../../lib/delivery/outcome.js';
import type { Publish } from '../../../lib/message/publish.js';
import { deliver } from '../../../streams/deliver.js';
import { pipeline } from '../../../streams/pipeline.js';
import { allIsWell } from '../../support/deps.js';
import { rules } from '../../support/marbles.js';
import { publishOf, registered } from '../../support/shorthand.js';

describe('deliver: begin and end', () => {
  it('completes when the source has and nothing waits', () =>
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

  it('waits on with a source that has not completed', () =>
    rules(({ publishes, settlements }) => {
      publishes('  -a--');
      settlements('-a--');
    }));

  it('passes an error of the source on, and cancels what is in flight', () =>
    rules(({ publishes, cvmain, calls, settlements }) => {
      publishes('  a--#');
      cvmain({ a: '------+' });
      calls({ a: ' ^--!' });
      settlements('---#');
    }));

  it('passes an error of a call on: it is a bug, as failures are answers', () =>
    rules(({ publishes, cvmain, settlements }) => {
      publishes('  a--b--');
      cvmain({ a: '--#' });
      settlements('--#');
    }));

  it('cancels the calls in flight when nobody listens any more, and makes none after', () =>
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

  it('leaves no timer behind when nobody listens any more', () => {
    const scheduler = new VirtualTimeScheduler();
    const publish$ = new Subject<Publish>();
    const holding = { ...allIsWell, scheduler, integrations$: of(registered([])), holdUnregisteredMs: 1000 };
    const subscription = publish$.pipe(pipeline(holding)).subscribe();
    publish$.next(publishOf(1, 'int1-a'));
    assert.lengthOf(scheduler.actions, 1);
    subscription.unsubscribe();
    assert.isEmpty(scheduler.actions);
  });

  it('passes an error on of whatever it stands on: each is a bug', () => {
    const bug = throwError(() => 'bug');
    const away: Outcome = { kind: 'away', detail: '' };
    for (const broken of [
      { integrations$: bug },
      { stop$: bug },
      { notify: () => bug },
      { whenServing$: bug, notify: () => of(away) },
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

  it('takes one answer a call, and no interest in more', () =>
    rules(({ publishes, cvmain, calls, settlements }) => {
      publishes('  a--------|', { a: 'int1-a' });
      cvmain({ a: '--+--x--~ ' });
      calls({ a: ' ^-! ' });
      settlements('--a------|');
    }));
});
