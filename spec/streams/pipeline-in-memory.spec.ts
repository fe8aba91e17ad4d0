import { expect } from 'chai';
import fc from 'fast-check';
import { Subject, VirtualTimeScheduler } from 'rxjs';
import { topicFilter } from '../../lib/rules/message/topic-filter.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import type { DeadLettered, Notified } from '../../lib/rules/settlement.js';
import { type PipelineInMemoryDeps, pipelineInMemory } from '../../streams/pipeline-in-memory.js';
import { allIsWell, spoolRules } from '../support/deps.js';
import { ending, publishOf, registered } from '../support/shorthand.js';

const spool = { maxBytes: 1_000_000, rules: spoolRules };

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n + 1);

/** The operator in virtual time; a call takes `callMs`, and no integration is registered at first. */
const start = (callMs = 0, more: Partial<PipelineInMemoryDeps> = {}) => {
  const scheduler = new VirtualTimeScheduler();
  const publish$ = new Subject<ReturnType<typeof publishOf>>();
  const set$ = new Subject<IntegrationSet>();
  const ends: (Notified | DeadLettered)[] = [];
  const called: number[] = [];
  const seen = { acknowledged: 0, completed: false };
  publish$
    .pipe(
      pipelineInMemory({
        ...allIsWell,
        holdUnregisteredMs: 30_000,
        integrations$: set$,
        notify: ({ publish }, _target, done) => {
          called.push(publish.seq);
          const timer = scheduler.schedule(() => done({ kind: 'accepted' }), callMs);
          return () => timer.unsubscribe();
        },
        spool,
        acknowledged: () => {
          seen.acknowledged += 1;
        },
        scheduler,
        ...more,
      }),
    )
    .subscribe({
      next: (end) => ends.push(end),
      complete: () => {
        seen.completed = true;
      },
    });
  const set = (...names: readonly string[]): void => set$.next(registered(names));
  set();
  const pass = (ms: number): void => {
    scheduler.maxFrames = scheduler.now() + ms;
    scheduler.schedule(() => undefined, ms);
    scheduler.flush();
  };
  const send = (seq: number, name: string): void => publish$.next(publishOf(seq, name));
  return { ends, called, seen, set, pass, send, endOfMessages: () => publish$.complete() };
};

describe('pipelineInMemory', () => {
  it('acknowledges a spooled message, and emits its settlement later, with the publish as received', () => {
    const test = start();
    for (const seq of upTo(20)) test.send(seq, 'int1-open');
    test.pass(900);
    expect(test.seen.acknowledged).to.equal(0);
    test.pass(200);
    expect(test.seen.acknowledged).to.equal(20);
    expect(test.ends.length).to.equal(0);
    test.set('int1');
    test.pass(0);
    expect(test.seen.acknowledged).to.equal(20);
    expect(test.called).to.deep.equal(upTo(20));
    expect(test.ends.map(ending)).to.deep.equal(upTo(20).map(() => 'notified'));
    expect(test.ends.map(({ publish }) => publish)).to.deep.equal(
      upTo(20).map((seq) => publishOf(seq, 'int1-open')),
    );
    for (const { publish, message } of test.ends) expect(message?.publish).to.deep.equal(publish);
  });

  it('acknowledges a message that is spooled during its call once, and calls for it once', () => {
    const test = start(5_000);
    test.set('int1');
    for (const seq of upTo(20)) test.send(seq, 'int1-open');
    test.pass(4_000);
    expect(test.seen.acknowledged).to.equal(20);
    test.pass(100_000);
    expect(test.seen.acknowledged).to.equal(20);
    expect(test.called).to.deep.equal(upTo(20));
    expect(test.ends.map(({ publish }) => publish.seq)).to.deep.equal(upTo(20));
    expect(test.ends.map(({ tookMs }) => tookMs)).to.deep.equal(upTo(20).map((seq) => seq * 5_000));
  });

  it('dead-letters a message that can’t be decoded when it comes out of the spool, with its number', () => {
    let filters = allIsWell.decodeRules.filters;
    const decodeRules = {
      nameFrom: 'topic' as const,
      get filters() {
        return filters;
      },
    };
    const test = start(0, { decodeRules });
    for (const seq of upTo(20)) test.send(seq, 'int1-open');
    test.pass(1_100);
    filters = [topicFilter('other/#')];
    test.set('int1');
    test.pass(0);
    expect(test.ends.map((end) => `${end.publish.seq} ${ending(end)}`)).to.have.members([
      '1 notified',
      ...upTo(20)
        .slice(1)
        .map((seq) => `${seq} unsubscribed`),
    ]);
    expect(test.seen.acknowledged).to.equal(20);
  });

  it('spools nothing without a spool, and acknowledges settled messages', () => {
    const test = start(0, { spool: undefined, maxHeld: 64 });
    for (const seq of upTo(70)) {
      test.send(seq, 'int1-open');
      test.pass(50);
    }
    expect(test.ends.map(({ publish }) => publish.seq)).to.deep.equal([65, 66, 67, 68, 69, 70]);
    expect(test.seen.acknowledged).to.equal(6);
  });

  it('settles and acknowledges each publish once, in order for each app, whatever happens', () => {
    const step = fc.record({
      app: fc.constantFrom('int1', 'int2', 'int3'),
      burst: fc.integer({ min: 1, max: 40 }),
      passMs: fc.constantFrom(0, 10, 300, 2_000),
      set: fc.option(fc.subarray(['int1', 'int2', 'int3']), { freq: 2 }),
    });
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 20 }),
        fc.constantFrom(0, 5, 1_500),
        fc.constantFrom(200, 10_000, 1_000_000),
        (steps, callMs, maxBytes) => {
          const test = start(callMs, { spool: { ...spool, maxBytes }, maxHeld: 1_000 });
          let seq = 0;
          for (const { app, burst, passMs, set } of steps) {
            for (let n = 0; n < burst; n += 1) {
              seq += 1;
              test.send(seq, `${app}-x`);
            }
            test.pass(passMs);
            if (set !== null) test.set(...set);
            expect(test.seen.acknowledged).to.be.within(test.ends.length, seq);
          }
          test.endOfMessages();
          test.pass(10_000_000);
          expect(test.seen).to.deep.equal({ acknowledged: seq, completed: true });
          expect(test.ends.map(({ publish }) => publish.seq)).to.have.members(upTo(seq));
          for (const app of ['int1', 'int2', 'int3']) {
            const calls = test.ends.filter(
              (end) => end.kind === 'notified' && end.message.integration === app,
            );
            const numbers = calls.map(({ publish }) => publish.seq);
            expect(numbers).to.deep.equal([...numbers].sort((one, other) => one - other));
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
