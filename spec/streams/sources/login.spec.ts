import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { first, NEVER, of, Subject, takeUntil, timer } from 'rxjs';
import { type Credentials, parseCredentials } from '../../../lib/config/credentials.js';
import type { DaemonEvent } from '../../../lib/log/event.js';
import type { CloseReason } from '../../../lib/mqtt/connection/connection.js';
import { login } from '../../../streams/sources/login.js';
import { rightOf } from '../../support/either.js';
import { jwt } from '../../support/jwt.js';
import { marbles } from '../../support/virtual-time.js';

const loginWith = (claims: object): Credentials => {
  const json = { server_uri: 'mqtt://b', username: 'cv1', password: jwt(claims) };
  return rightOf(parseCredentials(JSON.stringify(json))) ?? expect.fail('no login');
};

/** Logs in with these claims, one each ms; cvmain has a token `renewed`. */
const loggedIn = (logins: readonly object[], ...events: readonly DaemonEvent[]) => {
  const used: string[] = [];
  const reports: DaemonEvent[] = [];
  marbles((_, scheduler) => {
    const credentials$ = new Subject<Credentials>();
    const events$ = new Subject<DaemonEvent>();
    const renewed = loginWith({ id: 'renewed' });
    login({
      credentials$,
      events$,
      ask: () => of(E.right(renewed.password)),
      retry: { baseMs: 1_000, capMs: 60_000 },
      stableMs: 60_000,
      now: () => 5_000_000,
      scheduler,
      random: () => 0,
      report: (event) => reports.push(event),
    })
      .pipe(takeUntil(timer(100, scheduler)))
      .subscribe(({ password }) => used.push(password === renewed.password ? 'renewed' : 'written'));
    for (const [at, claims] of logins.entries())
      scheduler.schedule(() => credentials$.next(loginWith(claims)), at);
    scheduler.schedule(() => {
      for (const event of events) events$.next(event);
    }, 50);
  });
  return { used, reports };
};

const disconnected = (reason: CloseReason): DaemonEvent => ({ kind: 'disconnected', reason, waitMs: 1 });

const [expired, good] = [{ exp: 4_000 }, { exp: 6_000 }];

describe('login', () => {
  it('is what cvmain writes while all is well', () => {
    expect(loggedIn([good, expired]).used).to.deep.equal(['written', 'written']);
  });

  it('is renewed when the broker refuses it, or closes the connection silently on an expired token', () => {
    const refused = disconnected({ kind: 'refused', detail: 'not authorised' });
    expect(loggedIn([good], refused).used).to.deep.equal(['written', 'renewed']);
    expect(loggedIn([expired], disconnected({ kind: 'hung-up' })).used).to.deep.equal(['written', 'renewed']);
  });

  it('is kept if the connection ended for another reason', () => {
    expect(loggedIn([good], disconnected({ kind: 'hung-up' })).used).to.deep.equal(['written']);
    expect(loggedIn([expired], disconnected({ kind: 'lost', detail: 'gone' })).used).to.deep.equal([
      'written',
    ]);
  });

  it('reports unreadable parts of its token, once for tokens of the same shape', () => {
    const { reports } = loggedIn([{ acl: 's3cret' }, { acl: 's3cret', n: 1 }, { exp: 'soon' }, good]);
    expect(
      reports.map((event) => (event.kind === 'odd-token' ? event.remarks.length : event.kind)),
    ).to.deep.equal([2, 1]);
    expect(JSON.stringify(reports)).to.not.contain('s3cret');
  });

  it('reports that once for all subscribers, even consecutive ones', () => {
    const reports: DaemonEvent[] = [];
    marbles((_, scheduler) => {
      const login$ = login({
        credentials$: of(loginWith({ acl: 1 })),
        events$: NEVER,
        ask: () => NEVER,
        retry: { baseMs: 1_000, capMs: 60_000 },
        stableMs: 60_000,
        now: () => 0,
        scheduler,
        random: () => 0,
        report: (event) => reports.push(event),
      });
      for (let times = 0; times < 3; times += 1) login$.pipe(first()).subscribe();
    });
    expect(reports.map(({ kind }) => kind)).to.deep.equal(['odd-token']);
  });
});
