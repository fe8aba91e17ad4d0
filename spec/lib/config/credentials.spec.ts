import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { parseCredentials, withToken } from '../../../lib/config/credentials.js';
import { leftOf, rightOf } from '../../support/either.js';
import { jwt } from '../../support/jwt.js';

/** `mq/mq.json` of a registered unit, with these differences. */
const text = (more: object = {}): string =>
  JSON.stringify({
    server_uri: 'tcp://broker.example:1883',
    username: 'cv12345',
    password: jwt({}),
    ...more,
  });

describe('parseCredentials', () => {
  it('reads the address, the login and the topic filters', () => {
    expect(rightOf(parseCredentials(text()))).to.deep.equal({
      address: { protocol: 'mqtt', host: 'broker.example', port: 1883, path: '/' },
      username: 'cv12345',
      password: jwt({}),
      filters: ['s2u/cv12345/#'],
      remarks: [],
    });
  });

  it('uses the claims of the token', () => {
    const password = jwt({ exp: 1_700_000_000, acl: { sub: ['s2u/cv12345/+', 's2u/all/#'] } });
    expect(rightOf(parseCredentials(text({ password })))).to.deep.include({
      expiresAt: 1_700_000_000_000,
      filters: ['s2u/cv12345/+', 's2u/all/#'],
    });
  });

  it('accepts a password that is not a JWT: the broker decides on it', () => {
    expect(rightOf(parseCredentials(text({ password: 's3cret' })))).to.deep.include({
      password: 's3cret',
      filters: ['s2u/cv12345/#'],
      remarks: ['the password is not a JWT: it does not have three parts; its claims are unknown'],
    });
  });

  it("fills the unit's names into the token's topic filters", () => {
    const password = jwt({ acl: { sub: [`s2u/\${username}/#`, `\${clientid}/x`] } });
    expect(rightOf(parseCredentials(text({ password })))).to.deep.include({
      filters: ['s2u/cv12345/#', 'cvmqtt-cv12345/x'],
    });
  });

  it('ignores other fields', () => {
    expect(rightOf(parseCredentials(text({ change_date: '2024-01-01' })))).to.have.property(
      'username',
      'cv12345',
    );
  });

  describe('gives undefined for an unregistered unit:', () => {
    const unregistered: readonly [string, string][] = [
      ['an empty object', '{}'],
      ['an inherited login', `{"__proto__": ${text()}}`],
      ['no address', text({ server_uri: undefined })],
      ['no username', text({ username: undefined })],
      ['no token', text({ password: undefined })],
      ['an empty address', text({ server_uri: '' })],
      ['an empty username', text({ username: '' })],
      ['an empty token', text({ password: '' })],
    ];
    for (const [what, json] of unregistered) {
      it(what, () => {
        expect(rightOf(parseCredentials(json))).to.equal(undefined);
      });
    }
  });

  describe('refuses, and names the field:', () => {
    const name = 'field username: expected a username without / + # or whitespace, found a string';
    const wrong: readonly [string, string, string][] = [
      ['invalid JSON', '{"server_uri"', 'is not JSON'],
      ['an empty file', '', 'is not JSON'],
      ['an array', '[]', 'expected an object, found an array'],
      [
        'an invalid address',
        text({ server_uri: 's3cret' }),
        'field server_uri: is not an address such as mqtts://host:8883',
      ],
      [
        'an address with a login',
        text({ server_uri: 'mqtt://u:s3cret@host' }),
        'field server_uri: holds a login',
      ],
      [
        'an address of another type',
        text({ server_uri: 1883 }),
        'field server_uri: expected string, found a number',
      ],
      ['a username that would be a topic filter', text({ username: 's3cret/#' }), name],
      ['a username with a line break', text({ username: 's3cret\n' }), name],
      ['a username with a control character', text({ username: 's3cret\u0007' }), name],
      ['a username of 129 characters', text({ username: 'x'.repeat(129) }), name],
      ['a token of another type', text({ password: null }), 'field password: expected a token, found null'],
      [
        'a token that is far too long',
        text({ password: 'x'.repeat(16_385) }),
        'field password: expected a token, found a string',
      ],
    ];
    for (const [what, json, detail] of wrong) {
      it(what, () => {
        expect(leftOf(parseCredentials(json))).to.equal(detail);
      });
    }
  });

  it('never throws, and never quotes what it refuses', () => {
    const secret = 's3cret';
    const field = fc.oneof(
      fc.constantFrom(
        `mqtt://${secret}`,
        `mqtt://a:${secret}@b`,
        `mqtt://h:${secret}`,
        secret,
        `${secret}\n`,
        '',
      ),
      fc.constantFrom(
        jwt(secret),
        jwt({ exp: secret }),
        jwt({ acl: secret }),
        jwt({ acl: { sub: [secret, `${secret}#`] } }),
      ),
      fc.constantFrom<unknown>(1, null, [secret], { [secret]: secret }, `${secret}.${secret}.${secret}`),
    );
    const json = fc.record({ server_uri: field, username: field, password: field }, { requiredKeys: [] });
    fc.assert(
      fc.property(
        fc.oneof(
          json.map((all) => JSON.stringify(all)),
          fc.string(),
          fc.json(),
        ),
        (given) => {
          const parsed = parseCredentials(given);
          if (E.isLeft(parsed)) expect(parsed.left).to.not.include(secret);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('withToken', () => {
  const login = () => rightOf(parseCredentials(text())) ?? expect.fail('no login');

  it('replaces the token and its claims', () => {
    const token = jwt({ exp: 2, acl: { sub: ['s2u/other/#'] } });
    expect(rightOf(withToken(login(), token))).to.deep.equal({
      ...login(),
      password: token,
      expiresAt: 2_000,
      filters: ['s2u/other/#'],
    });
  });

  it('keeps nothing of the previous token', () => {
    const before = rightOf(withToken(login(), jwt({ exp: 2, acl: { sub: ['s2u/other/#'] } })));
    expect(rightOf(withToken(before, jwt({})))).to.deep.equal(login());
  });

  it('refuses a token that is far too long', () => {
    expect(leftOf(withToken(login(), 'x'.repeat(16_385)))).to.equal('the token is too long');
  });
});
