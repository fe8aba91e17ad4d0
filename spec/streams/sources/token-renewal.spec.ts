import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { TestScheduler } from 'rxjs/testing';
import type { Credentials } from '../../../lib/config/credentials.js';
import type { DaemonEvent } from '../../../lib/log/event.js';
import { tokenRenewal } from '../../../streams/sources/token-renewal.js';
import { login as loginWith } from '../../support/session.js';

const token = (name: string): string =>
  ['e30', Buffer.from(JSON.stringify({ jti: name })).toString('base64url'), 'signature'].join('.');

const loginOf = (name: string, expiresAt?: number): Credentials =>
  loginWith({ password: token(name), remarks: [], ...(expiresAt === undefined ? {} : { expiresAt }) });

interface Scene {
  /** Logins by letter; `e` expires at 5 ms. */
  readonly logins: string;
  readonly refused?: string;
  readonly accepted?: string;
  /** What cvmain has at each moment: a letter is a token, `0` none yet, `?` no answer. */
  readonly cvmain: readonly string[];
  /** The renewed logins, by letter. */
  readonly renewed: string;
  readonly said?: readonly string[];
}

/** Plays a scene in virtual time: cvmain is asked every 10 ms, and gives these answers in turn. */
const plays = ({ logins, refused = '|', accepted = '|', cvmain, renewed, said = [] }: Scene): void => {
  const reports: DaemonEvent[] = [];
  const scheduler = new TestScheduler((actual, expected) => {
    expect(actual).to.deep.equal(expected);
  });
  scheduler.run(({ hot, cold, expectObservable }) => {
    const values = { a: loginOf('a'), b: loginOf('b'), c: loginOf('c'), e: loginOf('e', 5) };
    const answers = {
      a: E.right(token('a')),
      b: E.right(token('b')),
      e: E.right(token('e')),
      '0': E.right(undefined),
      '?': E.left('cvmain does not answer'),
      l: E.right('x'.repeat(16_385)),
    };
    let asked = 0;
    expectObservable(
      tokenRenewal({
        login$: hot(logins, values),
        refused$: hot(refused),
        accepted$: hot(accepted),
        ask: () => cold(`(${cvmain[Math.min(asked++, cvmain.length - 1)]}|)`, answers),
        retry: { baseMs: 10, capMs: 10 },
        stableMs: 20,
        now: () => scheduler.now(),
        scheduler,
        random: () => 0,
        report: (event) => reports.push(event),
      }),
    ).toBe(renewed, values);
  });
  expect(reports.map((event) => (event.kind === 'waiting' ? event.detail : event.kind))).to.deep.equal(said);
};

describe('token renewal: a login with another token', () => {
  it('is requested when the broker refuses the current one', () =>
    plays({
      logins: '  a-------------|',
      refused: ' --r-----------|',
      cvmain: ['b'],
      renewed: ' --b-----------|',
    }));

  it('is requested when the current one expires', () =>
    plays({
      logins: '  e-------------|',
      cvmain: ['b'],
      renewed: ' -----b--------|',
    }));

  it('is not requested while the current one works', () =>
    plays({
      logins: '  a-------------|',
      cvmain: ['b'],
      renewed: ' --------------|',
    }));

  it('is awaited while cvmain has none, which is reported once', () =>
    plays({
      logins: '  a-------------------------------|',
      refused: ' --r-----r-------r---------------|',
      cvmain: ['0', '0', 'b'],
      renewed: ' ----------------------b---------|',
      said: ['cvmain has none yet'],
    }));

  it('is awaited while cvmain has the old one', () =>
    plays({
      logins: '  a-------------------------------|',
      refused: ' --r-----------------------------|',
      cvmain: ['a', 'a', 'b'],
      renewed: ' ----------------------b---------|',
      said: ['cvmain still has the old one'],
    }));

  it('is awaited while cvmain does not answer, or answers with something that is not a token', () =>
    plays({
      logins: '  a-------------------------------|',
      refused: ' --r-----------------------------|',
      cvmain: ['?', 'l', 'b'],
      renewed: ' ----------------------b---------|',
      said: ['cvmain does not answer'],
    }));

  it('is no longer requested once cvmain has written one', () =>
    plays({
      logins: '  a-----c-------------------------|',
      refused: ' --r-----------------------------|',
      cvmain: ['0', 'b'],
      renewed: ' --------------------------------|',
      said: ['cvmain has none yet'],
    }));

  it('is no longer requested when the broker accepts the current one after all', () =>
    plays({
      logins: '  a-------------------------------|',
      refused: ' --r-----------------------------|',
      accepted: '-----y--------------------------|',
      cvmain: ['0', 'b'],
      renewed: ' --------------------------------|',
      said: ['cvmain has none yet'],
    }));

  it('is not requested if the current one had expired by the clock before the broker accepted it', () =>
    plays({
      logins: '  --------e------------------------|',
      accepted: '----------y---------y------------|',
      cvmain: ['b'],
      renewed: ' ---------------------------------|',
    }));

  it('is no longer requested when the broker accepts the expired one again', () =>
    plays({
      logins: '  e-------------------------------|',
      accepted: '-y-------y----------------------|',
      cvmain: ['0', 'b'],
      renewed: ' --------------------------------|',
      said: ['cvmain has none yet'],
    }));

  it('is requested if the broker then refuses the expired one', () =>
    plays({
      logins: '  --------e-----------------------|',
      accepted: '----------y---------------------|',
      refused: ' ---------------r----------------|',
      cvmain: ['b'],
      renewed: ' ---------------b----------------|',
    }));

  it('keeps the rest of the login, and uses the filters of its token', () => {
    const acl = { sub: ['s2u/other/#'] };
    const other = `e30.${Buffer.from(JSON.stringify({ acl })).toString('base64url')}.signature`;
    const scheduler = new TestScheduler((actual, expected) => {
      expect(actual).to.deep.equal(expected);
    });
    scheduler.run(({ hot, cold, expectObservable }) => {
      const login = loginOf('a');
      expectObservable(
        tokenRenewal({
          login$: hot('a', { a: login }),
          refused$: hot('-r'),
          ask: () => cold('(b|)', { b: E.right(other) }),
          accepted$: hot('|'),
          retry: { baseMs: 10, capMs: 10 },
          stableMs: 20,
          now: () => 0,
          scheduler,
          random: () => 0,
          report: () => undefined,
        }),
      ).toBe('-c', { c: { ...login, password: other, filters: acl.sub } });
    });
  });
});
