import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { authorityFindings } from '../../../lib/check/certificates.js';
import { root } from '../../support/imports.js';

/** Authorities of 2020, of 2025 to 2034, of 2030 to 2039, and one of 2025 without a name. */
const [old = '', present = '', next = '', nameless = ''] = readFileSync(
  `${root}/spec/fixtures/authorities.pem`,
  'utf8',
).split(/(?<=-----END CERTIFICATE-----\n)/);

const found = (pems: readonly string[], now: string, isUsed = true) =>
  authorityFindings(pems.join(''), isUsed, Date.parse(now)).map(({ level, code }) => `${level} ${code}`);

describe('what check says of the authorities in mq/ca.pem', () => {
  const rows: readonly (readonly [string, readonly string[], string, readonly string[]])[] = [
    ['a valid one', [present], '2026-11-28', []],
    ['valid ones', [present, next], '2031-01-01', []],
    ['an expired one', [old], '2026-11-28', ['error ca-expired']],
    ['an expired one among valid ones', [old, present], '2026-11-28', ['warning ca-expired']],
    ['one that is not valid yet', [next], '2026-11-28', ['error ca-early']],
    ['one that is not valid yet among valid ones', [present, next], '2026-11-28', ['warning ca-early']],
    ['none that is valid', [old, next], '2026-11-28', ['error ca-expired', 'error ca-early']],
    ['a valid one that expires within 14 days', [present], '2034-12-20', ['warning ca-expires']],
    ['the last moment', [present], '2034-12-31T23:59:59Z', ['warning ca-expires']],
    ['the first moment after', [present], '2035-01-01T00:00:00Z', ['error ca-expired']],
    ['the first moment', [present], '2025-01-01T00:00:00Z', []],
    ['a clock of 1970', [present, next], '1970-01-01', ['error ca-early']],
  ];
  for (const [title, pems, now, expected] of rows)
    it(`${title}: ${JSON.stringify(expected)}`, () => {
      expect(found(pems, now)).to.deep.equal(expected);
    });

  it('only warns where the broker is used without TLS', () => {
    expect(found([old, next], '2026-11-28', false)).to.deep.equal(['warning ca-expired', 'warning ca-early']);
  });

  it('says what to do: where others are valid, the broker may not need this one', () => {
    const advice = (pems: readonly string[]) =>
      authorityFindings(pems.join(''), true, Date.parse('2026-11-28')).map((each) =>
        each.advice?.replace("compare this machine's clock; if it is right, ", ''),
      );
    const replace = "put the broker's current authority into mq/ca.pem";
    expect(advice([old])).to.deep.equal([replace]);
    expect(advice([old, next])).to.deep.equal([replace, replace]);
    expect(advice([old, present, next])).to.deep.equal(['remove it', 'nothing: it counts from then on']);
  });

  it('names the first one, its date, and how many there are', () => {
    const texts = (pems: readonly string[]) =>
      authorityFindings(pems.join(''), true, Date.parse('2026-11-28')).map(({ text }) => text);
    expect(texts([present, old])).to.deep.equal([
      'the certificate O=cvmqtt test, CN=old expired 2021-01-01T00:00:00.000Z (2 in the file)',
    ]);
    expect(texts([nameless])).to.deep.equal([
      'the certificate without a name expired 2026-01-02T00:00:00.000Z (1 in the file)',
    ]);
    expect(texts([old, present, old, old])).to.deep.equal([
      'the certificate O=cvmqtt test, CN=old expired 2021-01-01T00:00:00.000Z; so it is with 2 more (4 in the file)',
    ]);
  });
});
