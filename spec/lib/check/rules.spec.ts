import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { cvmainFindings } from '../../../lib/check/cvmain.js';
import type { Finding } from '../../../lib/check/finding.js';
import { integrationFindings } from '../../../lib/check/integrations.js';
import { loginFindings } from '../../../lib/check/login.js';
import { addressFindings, attemptFindings } from '../../../lib/check/network.js';
import { clockFinding, stateFindings } from '../../../lib/check/system.js';
import { cvmainDefaults } from '../../../lib/config/cvmain-config.js';
import type { CloseReason } from '../../../lib/mqtt/connection/connection.js';
import { jwt } from '../../support/jwt.js';

const bad = (findings: readonly Finding[]) =>
  findings.filter(({ level }) => level !== 'ok').map(({ level, code }) => `${level} ${code}`);

/** What a client sees of a cvmain with this protocol. */
const answering = (protocol: string) => E.right({ version: '7', protocol: E.right(protocol) });

const now = Date.parse('2026-11-28T08:00:00Z');

describe('what check says', () => {
  it('gives advice with all that is not ok, and only with that', () => {
    const findings = [
      ...loginFindings(
        {
          password: jwt({ nbf: now / 1_000 + 1 }),
          filters: ['a/+', '+/b'],
          expiresAt: now - 1,
          remarks: ['odd'],
        },
        now,
      ),
      ...attemptFindings('b', { kind: 'late', afterMs: 5 }, false),
      ...attemptFindings('b', { kind: 'late', accepted: { version: 5 }, afterMs: 5 }, false),
      ...cvmainFindings('127.0.0.1:1', 'http2', { http2: E.left('x'), 'grpc-js': answering('0.9') }),
      clockFinding(0, true),
    ];
    expect(findings.filter(({ level, advice }) => (level === 'ok') !== (advice === undefined))).to.deep.equal(
      [],
    );
  });

  const logins: readonly (readonly [
    string,
    Omit<Parameters<typeof loginFindings>[0], 'password'>,
    readonly string[],
  ])[] = [
    ['a valid one', { filters: ['s2u/cv1/#'], expiresAt: now + 1 }, []],
    ['without expiry', { filters: ['s2u/cv1/#'] }, []],
    ['expired this moment', { filters: ['s2u/cv1/#'], expiresAt: now }, ['warning token-expired']],
    [
      'remarks',
      { filters: ['a'], remarks: ['odd', 'odder'] },
      ['warning token-remark', 'warning token-remark'],
    ],
    ['a filter within another', { filters: ['a/#', 'a/b'] }, []],
    ['overlapping filters', { filters: ['a/+', '+/b'] }, ['warning filters-overlap']],
  ];
  for (const [title, login, expected] of logins) {
    it(`of a token: ${title}`, () => {
      expect(bad(loginFindings({ password: 'no JWT', ...login }, now))).to.deep.equal(expected);
    });
  }

  const s = now / 1_000;
  const beginnings: readonly (readonly [string, object, readonly string[]])[] = [
    ['that begins this moment', { nbf: s, iat: s }, []],
    ['that begins later', { nbf: s + 1 }, ['warning token-early']],
    ['that begins later, in ms as text', { nbf: `${now + 1}` }, ['warning token-early']],
    ['that begins later, and was issued later', { nbf: s + 3_600, iat: s + 3_600 }, ['warning token-early']],
    ['that was issued later, within the skew of clocks', { iat: s + 300 }, []],
    ['that was issued later', { iat: s + 301 }, ['warning token-issued-later']],
    ['whose times can’t be read', { nbf: 'soon', iat: {} }, []],
  ];
  for (const [title, claims, expected] of beginnings) {
    it(`of a token ${title}`, () => {
      expect(bad(loginFindings({ password: jwt(claims), filters: ['a'] }, now))).to.deep.equal(expected);
    });
  }

  it('of an answer that does not come: to what', () => {
    const late = (attempt: object) =>
      attemptFindings('b', { kind: 'late', afterMs: 5, ...attempt }, false).map(
        ({ level, text }) => `${level}: ${text}`,
      );
    expect(late({})).to.deep.equal(['error: b gave no answer to CONNECT within 5 ms']);
    expect(late({ accepted: { version: 4 } })).to.deep.equal([
      'ok: b accepts the login, with MQTT 3.1.1',
      'error: b gave no answer to SUBSCRIBE within 5 ms',
    ]);
  });

  it('of a connection that ends at SUBSCRIBE', () => {
    const of = (reason: CloseReason) =>
      attemptFindings('b', { kind: 'ended', accepted: { version: 5 }, reason }, false).slice(1);
    const reasons: readonly CloseReason[] = [
      { kind: 'lost', detail: 'the connection was closed' },
      { kind: 'refused', detail: 'disconnected by the broker: Not authorized (135)' },
    ];
    for (const reason of reasons) expect(bad(of(reason))).to.deep.equal(['error subscribe-ended']);
    expect(of({ kind: 'lost', detail: 'why' })[0]?.text).to.equal('b ends the connection at SUBSCRIBE: why');
    expect(bad(of({ kind: 'taken-over' }))).to.deep.equal(['error broker-lost']);
  });

  const registrations: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['plain names', ['int1', 'int2'], []],
    ['a dashed name', ['my-app'], ['warning dashed-name']],
    ['a reserved name', ['vg:other'], ['warning reserved-name']],
    ['a reserved name that is allowed', ['vg:upgrader'], []],
    ['a doubled name', ['int1', 'int2', 'int1', 'int1'], ['warning doubled-name']],
  ];
  for (const [title, names, expected] of registrations) {
    it(`of registered apps: ${title}`, () => {
      const text = JSON.stringify(names.map((name) => ({ name })));
      const delivery = { cvmain: cvmainDefaults, reserved: ['vg:upgrader'] };
      expect(bad(integrationFindings(text, delivery))).to.deep.equal(expected);
    });
  }

  it('of a unit without apps, as the daemon warns of it', () => {
    const delivery = { cvmain: cvmainDefaults, reserved: [] };
    expect(bad(integrationFindings('[]', delivery))).to.deep.equal(['warning none-registered']);
  });

  it('of apps when no way of delivery is on', () => {
    const cvmain = { ...cvmainDefaults, viaNotifier: false };
    expect(bad(integrationFindings('[{"name":"int1"}]', { cvmain, reserved: [] }))).to.deep.equal([
      'warning delivery-disabled',
    ]);
  });

  it('of the clock', () => {
    expect(bad([clockFinding(now, true), clockFinding(now, false), clockFinding(0, true)])).to.deep.equal([
      'warning clock-unknown',
      'warning clock-wrong',
    ]);
  });

  const gib = 1_073_741_824;
  const states: readonly (readonly [string, object, readonly string[]])[] = [
    ['all well', { freeBytes: gib, wornTenths: 8 }, []],
    ['as much free as needed', { freeBytes: gib / 2 }, []],
    ['less free than needed', { freeBytes: gib / 2 - 1 }, ['warning disk-low']],
    ['nearly nothing free', { freeBytes: 4_194_303 }, ['error disk-full']],
    ['not writable', { notWritable: 'EROFS' }, ['error state-unwritable']],
    ['files of a newer version', { kept: ['spool.ndjson.v2'] }, ['warning newer-files']],
    ['worn flash memory', { wornTenths: 9 }, ['warning flash-worn']],
  ];
  for (const [title, facts, expected] of states) {
    it(`of the state directory: ${title}`, () => {
      expect(bad(stateFindings({ path: '/s', ...facts }, gib / 2))).to.deep.equal(expected);
    });
  }

  it('of cvmain, by the client that the daemon uses and by the other one', () => {
    const facts = { http2: E.left('silent'), 'grpc-js': answering('1.0.2') };
    expect(bad(cvmainFindings('a:1', 'http2', facts))).to.deep.equal(['error cvmain-silent']);
    expect(bad(cvmainFindings('a:1', 'grpc-js', facts))).to.deep.equal(['warning cvmain-silent']);
  });

  it('of cvmain’s protocol: before 1.0.2 it knows no apps', () => {
    const of = (protocol: string) =>
      bad(cvmainFindings('a:1', 'http2', { http2: answering(protocol), 'grpc-js': answering('2') }));
    for (const old of ['1.0.1', '0.9.9', '1.0', '0'])
      expect(of(old), old).to.deep.equal(['warning cvmain-old']);
    for (const fine of ['1.0.2', '1.0.10', '1.1', '2', '1.0.2.1', 'next', ''])
      expect(of(fine), fine).to.deep.equal([]);
    const silent = E.right({ version: '7', protocol: E.left('no answer') });
    const [first] = cvmainFindings('a:1', 'http2', { http2: silent, 'grpc-js': answering('2') });
    expect(first).to.include({
      level: 'ok',
      text: 'version 7, protocol unknown (no answer), on a:1, by http2',
    });
  });

  it('of addresses: a dead one is an error only if all are dead', () => {
    const live = { address: '127.0.0.1', family: 4 as const };
    const dead = { address: '::1', family: 6 as const, detail: 'ECONNREFUSED' };
    expect(bad(addressFindings('b', E.right([live, dead]), now))).to.deep.equal(['warning address-dead']);
    expect(bad(addressFindings('b', E.right([dead]), now))).to.deep.equal(['error address-dead']);
    expect(bad(addressFindings('b', E.left('ENOTFOUND'), now))).to.deep.equal(['error name-unresolved']);
  });

  it('of a certificate that expires within 14 days', () => {
    const days = 86_400_000;
    const of = (certificateUntil: number) =>
      bad(addressFindings('b', E.right([{ address: '::1', family: 6 as const, certificateUntil }]), now));
    expect(of(now + 14 * days + 1)).to.deep.equal([]);
    expect(of(now + 14 * days)).to.deep.equal(['warning certificate-expires']);
    expect(of(now - 1)).to.deep.equal(['warning certificate-expires']);
  });

  const ends: readonly (readonly [CloseReason, string])[] = [
    [{ kind: 'refused', detail: 'not authorized' }, 'error login-refused'],
    [{ kind: 'hung-up' }, 'error no-mqtt'],
    [{ kind: 'unsupported-version' }, 'error no-mqtt'],
    [{ kind: 'taken-over' }, 'error broker-lost'],
    [{ kind: 'unreachable', detail: 'certificate has expired' }, 'error certificate'],
    [{ kind: 'unreachable', detail: 'TLS: tlsv13 alert certificate required' }, 'error certificate-required'],
    [{ kind: 'unreachable', detail: 'connect ECONNREFUSED' }, 'error broker-unreachable'],
    [{ kind: 'unreachable', detail: 'connection refused: Server busy (137)' }, 'error broker-refuses'],
    [{ kind: 'lost', detail: 'the connection was closed' }, 'error broker-unreachable'],
  ];
  for (const [reason, expected] of ends) {
    it(`of a connection that ended: ${JSON.stringify(reason)}`, () => {
      expect(bad(attemptFindings('b', { kind: 'ended', reason }, false))).to.deep.equal([expected]);
    });
  }

  it('of the limits that the broker announces', () => {
    const of = (limits: object) =>
      attemptFindings(
        'b',
        { kind: 'subscribed', accepted: { version: 5, limits }, granted: [{ filter: 'a', qos: 1 }] },
        false,
      );
    expect(of({ keepaliveS: 30, maximumPacketSize: 9 }).map(({ text }) => text)).to.include(
      'announces keepalive 30 s, packets up to 9 bytes',
    );
    expect(bad(of({ wildcards: false }))).to.deep.equal(['warning no-wildcards']);
    expect(bad(of({ wildcards: true }))).to.deep.equal([]);
  });

  it('of a broker without shared subscriptions, if shared_group needs them', () => {
    const granted = [{ filter: 'a', qos: 1 as const }];
    const of = (hasNoSharing: boolean, isShared: boolean) =>
      bad(
        attemptFindings(
          'b',
          { kind: 'subscribed', accepted: { version: 5, hasNoSharing }, granted },
          isShared,
        ),
      );
    expect(of(true, true)).to.deep.equal(['error no-sharing']);
    expect(of(true, false)).to.deep.equal([]);
    expect(of(false, true)).to.deep.equal([]);
  });

  it('of subscriptions: refused, partly refused, QoS 0', () => {
    const of = (...granted: { filter: string; qos?: 0 | 1 }[]) =>
      bad(attemptFindings('b', { kind: 'subscribed', accepted: { version: 5 }, granted }, false));
    expect(of({ filter: 'a', qos: 1 })).to.deep.equal([]);
    expect(of({ filter: 'a' })).to.deep.equal(['error filter-refused']);
    expect(of({ filter: 'a' }, { filter: 'b', qos: 1 })).to.deep.equal(['warning filter-refused']);
    expect(of({ filter: 'a', qos: 0 })).to.deep.equal(['warning qos-0']);
  });
});
