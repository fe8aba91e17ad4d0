import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { defer, type Observable, VirtualTimeScheduler } from 'rxjs';
import type { Cvmain } from '../../../lib/cvmain/client.js';
import type { DaemonEvent } from '../../../lib/log/event.js';
import { decode } from '../../../lib/rules/message/decode.js';
import { notificationOf } from '../../../lib/rules/notification/notification.js';
import { askToken, cvmainServes, notifyVia, watchCvmain } from '../../../streams/sources/cvmain.js';
import { allIsWell } from '../../support/deps.js';
import { publishOf } from '../../support/shorthand.js';
import { marbles } from '../../support/virtual-time.js';

/** A cvmain that does what a spec says; what it says nothing of is never answered. */
const cvmainThat = (answers: Partial<Cvmain>): Cvmain => ({
  sendNotification: () => () => undefined,
  getVersion: () => () => undefined,
  getAuthToken: () => () => undefined,
  close: () => undefined,
  ...answers,
});

/** What an observable does, as text. */
const watched = (observable: Observable<unknown>) => {
  const seen: unknown[] = [];
  const subscription = observable.subscribe({
    next: (value) => seen.push(value),
    complete: () => seen.push('complete'),
  });
  return { seen, subscription };
};

describe('notifyVia', () => {
  const decoded = decode(allIsWell.decodeRules)(publishOf(1, { name: 'int1-open', text: 'now' }));
  if (E.isLeft(decoded)) throw new Error(decoded.left.detail);
  const message = decoded.right;
  const target = { kind: 'external', bindAddr: '10.0.0.1:6001', sendAddr: '10.0.0.1:6001' } as const;

  it('sends the notification of a message to the target, and reports the outcome', () => {
    const asked: unknown[] = [];
    const outcomes: unknown[] = [];
    const sendNotification: Cvmain['sendNotification'] = (...[what, to, done]) => {
      asked.push([what, to]);
      done({ kind: 'refused', detail: 'no' });
      return () => undefined;
    };
    notifyVia(cvmainThat({ sendNotification }))(message, target, (outcome) => outcomes.push(outcome));
    expect(asked).to.deep.equal([[notificationOf(message), target]]);
    expect(outcomes).to.deep.equal([{ kind: 'refused', detail: 'no' }]);
  });

  it('returns a function that cancels the call', () => {
    let cancelled = 0;
    const sendNotification = () => () => {
      cancelled += 1;
    };
    const cancel = notifyVia(cvmainThat({ sendNotification }))(message, target, () => undefined);
    expect(cancelled).to.equal(0);
    cancel();
    expect(cancelled).to.equal(1);
  });
});

describe('askToken', () => {
  it('emits any answer', () => {
    for (const answer of [E.right('the token'), E.right(undefined), E.left('away')]) {
      const getAuthToken: Cvmain['getAuthToken'] = (done) => {
        done(answer);
        return () => undefined;
      };
      expect(watched(askToken(cvmainThat({ getAuthToken }))).seen).to.deep.equal([answer, 'complete']);
    }
  });

  it('cancels the call on unsubscribe', () => {
    let cancelled = 0;
    const getAuthToken = () => () => {
      cancelled += 1;
    };
    watched(askToken(cvmainThat({ getAuthToken }))).subscription.unsubscribe();
    expect(cancelled).to.equal(1);
  });
});

describe('cvmainServes', () => {
  /** Probes a cvmain that answers one after the other like this; after that it serves. */
  const serving = (...answers: E.Either<string, string>[]) => {
    const scheduler = new VirtualTimeScheduler();
    const reports: DaemonEvent[] = [];
    const getVersion: Cvmain['getVersion'] = (done) => {
      done(answers.shift() ?? E.right('1.2.3'));
      return () => undefined;
    };
    const serves$ = cvmainServes({
      cvmain: cvmainThat({ getVersion }),
      address: '127.0.0.1:7777',
      scheduler,
      random: () => 0.5,
      report: (event) => reports.push(event),
    });
    /** Waits until it serves: how many probes failed, and how long that took, ms. */
    const found = () => {
      const from = scheduler.now();
      const { seen } = watched(serves$);
      scheduler.flush();
      return { seen, tookMs: scheduler.now() - from };
    };
    return { found, reports, answers };
  };
  const serves = { kind: 'cvmain-serves', address: '127.0.0.1:7777', version: '1.2.3' };
  const waiting = { kind: 'waiting', what: 'cvmain', detail: '127.0.0.1:7777: refused' };
  const away = { kind: 'cvmain-away', address: '127.0.0.1:7777', forMs: 0 };

  it('reports once that cvmain answers', () => {
    const { found, reports } = serving();
    expect(found()).to.deep.equal({ seen: [0, 'complete'], tookMs: 0 });
    expect(found().seen).to.deep.equal([0, 'complete']);
    expect(reports).to.deep.equal([serves]);
  });

  it('reports once that it waits, with the first reason, and then that cvmain answers', () => {
    const { found, reports } = serving(E.left('refused'), E.left('no answer'), E.left('refused'));
    expect(found().seen).to.deep.equal([3, 'complete']);
    expect(reports).to.deep.equal([waiting, serves]);
  });

  it('counts the time of an unanswered probe as absence: reports after 20 s, not after 30', () => {
    const scheduler = new VirtualTimeScheduler();
    const said: (readonly [DaemonEvent['kind'], number])[] = [];
    let asked = 0;
    const getVersion: Cvmain['getVersion'] = (done) => {
      asked += 1;
      scheduler.schedule(() => done(asked > 4 ? E.right('1.2.3') : E.left('no answer')), 10_000);
      return () => undefined;
    };
    const report = ({ kind }: DaemonEvent) => said.push([kind, Math.floor(scheduler.now() / 1_000)]);
    const cvmain = cvmainThat({ getVersion });
    watched(cvmainServes({ cvmain, address: '127.0.0.1:7777', scheduler, random: () => 0, report }));
    scheduler.flush();
    expect(said).to.deep.equal([
      ['waiting', 10],
      ['cvmain-absent', 20],
      ['cvmain-serves', 50],
    ]);
  });

  it('reports each absence and each return, however often it is probed', () => {
    const { found, reports, answers } = serving();
    found();
    answers.push(E.left('refused'), E.left('refused'));
    found();
    answers.push(E.left('refused'));
    found();
    expect(reports).to.deep.equal([
      serves,
      away,
      { ...serves, afterMs: 350 },
      away,
      { ...serves, afterMs: 150 },
    ]);
  });

  it('shares one probe among concurrent subscribers, and probes again for later ones', () => {
    let asked = 0;
    const waiting: ((version: E.Either<string, string>) => void)[] = [];
    const getVersion: Cvmain['getVersion'] = (done) => {
      asked += 1;
      waiting.push(done);
      return () => undefined;
    };
    const serves$ = cvmainServes({
      cvmain: cvmainThat({ getVersion }),
      address: '127.0.0.1:7777',
      scheduler: new VirtualTimeScheduler(),
      random: () => 0.5,
      report: () => undefined,
    });
    const [one, other] = [watched(serves$), watched(serves$)];
    expect(asked).to.equal(1);
    for (const done of waiting.splice(0)) done(E.right('1.2.3'));
    expect([one.seen, other.seen]).to.deep.equal([
      [0, 'complete'],
      [0, 'complete'],
    ]);
    watched(serves$);
    expect(asked).to.equal(2);
  });

  it('asks every 100 to 500 ms, as the vendor recommends', () => {
    const { found } = serving(E.left('refused'));
    expect(found().tookMs).to.be.within(100, 500);
    const { found: later } = serving(...Array.from({ length: 50 }, () => E.left('refused')));
    expect(later().tookMs).to.be.within(50 * 100, 50 * 500);
  });
});

describe('watchCvmain', () => {
  it('probes again 30 s after the last answer, however long that took', () =>
    marbles(({ cold, expectObservable }, scheduler) => {
      let turn = 0;
      const serves$ = defer(() => cold(turn++ === 0 ? '(0|)' : '20s (3|)', { 0: 0, 3: 3 }));
      const expected = '0 29999ms 20s 3 29999ms 20s 3';
      expectObservable(watchCvmain(serves$, scheduler), '^ 101s !').toBe(expected, { 0: 0, 3: 3 });
    }));
});
