import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { type Observable, VirtualTimeScheduler } from 'rxjs';
import type { Cvmain } from '../../lib/cvmain/client.js';
import type { DaemonEvent } from '../../lib/log/event.js';
import { askToken, cvmainServes, notifyVia } from '../../streams/cvmain.js';

/** A cvmain that does what a spec says; what it says nothing of is never answered. */
const cvmainThat = (answers: Partial<Cvmain>): Cvmain => ({
  sendNotification: () => () => undefined,
  getVersion: () => () => undefined,
  getAuthToken: () => () => undefined,
  close: () => undefined,
  ...answers,
});

/** What an observable does, in words. */
const watched = (observable: Observable<unknown>) => {
  const seen: unknown[] = [];
  const subscription = observable.subscribe({
    next: (value) => seen.push(value),
    complete: () => seen.push('complete'),
  });
  return { seen, subscription };
};

describe('notifyVia', () => {
  const notification = { type: 'int1-open', vals: [] };
  const target = { kind: 'notifier' } as const;

  it('makes a call for each subscriber, with what it was asked', () => {
    const asked: unknown[] = [];
    const sendNotification: Cvmain['sendNotification'] = (...[what, to, done]) => {
      asked.push([what, to]);
      done({ kind: 'accepted' });
      return () => undefined;
    };
    const notify$ = notifyVia(cvmainThat({ sendNotification }))(notification, target);
    expect(asked, 'before there is a subscriber').to.deep.equal([]);
    expect(watched(notify$).seen).to.deep.equal([{ kind: 'accepted' }, 'complete']);
    watched(notify$);
    expect(asked).to.deep.equal([
      [notification, target],
      [notification, target],
    ]);
  });

  it('cancels the call when nobody listens any more', () => {
    let cancelled = 0;
    const sendNotification = () => () => {
      cancelled += 1;
    };
    const { subscription } = watched(notifyVia(cvmainThat({ sendNotification }))(notification, target));
    expect(cancelled).to.equal(0);
    subscription.unsubscribe();
    expect(cancelled).to.equal(1);
  });
});

describe('askToken', () => {
  it('emits the answer, whatever it is', () => {
    for (const answer of [E.right('the token'), E.right(undefined), E.left('away')]) {
      const getAuthToken: Cvmain['getAuthToken'] = (done) => {
        done(answer);
        return () => undefined;
      };
      expect(watched(askToken(cvmainThat({ getAuthToken }))).seen).to.deep.equal([answer, 'complete']);
    }
  });

  it('cancels the call when nobody listens any more', () => {
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
  const away = { kind: 'cvmain-away', address: '127.0.0.1:7777' };

  it('says once that cvmain answers', () => {
    const { found, reports } = serving();
    expect(found()).to.deep.equal({ seen: [0, 'complete'], tookMs: 0 });
    expect(found().seen).to.deep.equal([0, 'complete']);
    expect(reports).to.deep.equal([serves]);
  });

  it('says once that it is waited for, with the first reason, and then that it answers', () => {
    const { found, reports } = serving(E.left('refused'), E.left('no answer'), E.left('refused'));
    expect(found().seen).to.deep.equal([3, 'complete']);
    expect(reports).to.deep.equal([waiting, serves]);
  });

  it('says each time that it is away and that it is back, as often as it is looked for', () => {
    const { found, reports, answers } = serving();
    found();
    answers.push(E.left('refused'), E.left('refused'));
    found();
    answers.push(E.left('refused'));
    found();
    expect(reports).to.deep.equal([serves, away, serves, away, serves]);
  });

  it('asks every 100 to 500 ms, as the vendor recommends', () => {
    const { found } = serving(E.left('refused'));
    expect(found().tookMs).to.be.within(100, 500);
    const { found: later } = serving(...Array.from({ length: 50 }, () => E.left('refused')));
    expect(later().tookMs).to.be.within(50 * 100, 50 * 500);
  });
});
