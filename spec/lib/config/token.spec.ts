import { expect } from 'chai';
import fc from 'fast-check';
import { claimsOf } from '../../../lib/config/token.js';
import { isTopicFilter } from '../../../lib/rules/message/topic-filter.js';
import { jwt } from '../../support/jwt.js';

const client = { username: 'cv1', clientId: 'cvmqtt-cv1' };

const own = ['s2u/cv1/#'];

const read = (token: string) => claimsOf(token, client);

const filtersIn = (acl: unknown) => read(jwt({ acl })).filters;

describe('claimsOf', () => {
  it('reads the expiry and the topic filters', () => {
    const token = jwt({ exp: 1_700_000_000, acl: { sub: ['s2u/cv1/#', 's2u/all'], pub: ['u2s/cv1/#'] } });
    expect(read(token)).to.deep.equal({
      expiresAt: 1_700_000_000_000,
      filters: ['s2u/cv1/#', 's2u/all'],
      remarks: [],
    });
  });

  for (const claims of [{}, { acl: null }, { exp: null }, { other: 'claim' }]) {
    it(`gives the unit's own topics, without a remark, for ${JSON.stringify(claims)}`, () => {
      expect(read(jwt(claims))).to.deep.equal({ filters: own, remarks: [] });
    });
  }

  it('ignores the signature: the broker checks it', () => {
    expect(read(`x.${btoa('{"exp":1}')}.`)).to.include({ expiresAt: 1_000 });
  });

  it('decodes base64url', () => {
    const token = jwt({ acl: { sub: ['s2u/ÿÿÿ>>>???/#'] } });
    expect(token).to.match(/[-_]/);
    expect(read(token).filters).to.deep.equal(['s2u/ÿÿÿ>>>???/#']);
  });

  const noJwt: readonly [string, string][] = [
    ['nothing', ''],
    ['one part', 's3cret'],
    ['two parts', 's3cret.s3cret'],
    ['four parts', `${jwt({})}.s3cret`],
    ['claims that are not JSON', 's3cret.s3cret.s3cret'],
    ['claims that are not base64', '{}.{"exp":1}.{}'],
    ['claims that are cut', jwt({ exp: 1_700_000_000 }).replace(/.{4}\./g, '.')],
    ['claims that are a string', jwt('s3cret')],
    ['claims that are null', jwt(null)],
    ['claims that are a list', jwt(['s3cret'])],
  ];
  for (const [what, token] of noJwt) {
    it(`takes the claims as unknown, with a remark, for a password with ${what}`, () => {
      const { filters, remarks, expiresAt } = read(token);
      expect({ filters, expiresAt }).to.deep.equal({ filters: own, expiresAt: undefined });
      expect(remarks).to.have.length(1);
      expect(remarks[0]).to.match(/^the password is not a JWT: .*; its claims are unknown$/);
    });
  }

  it('takes no filter from __proto__', () => {
    const claims = '{"__proto__":{"acl":{"sub":["other/#"]},"exp":1}}';
    expect(read(`x.${btoa(claims)}.x`)).to.deep.equal({ filters: own, remarks: [] });
  });

  it('never throws, gives valid filters only, and never quotes the token in a remark', () => {
    const secret = 's3cret';
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('allow', 'deny', 'all', 'subscribe', `s2u/\${username}/#`, '$share/g/a', `\${x}`, 'a#'),
    );
    const rule = fc.dictionary(
      fc.constantFrom('permission', 'action', 'topic', 'topics', 'qos'),
      fc.oneof(text, fc.array(text), fc.jsonValue()),
    );
    const acl = fc.oneof(
      fc.jsonValue(),
      fc.array(rule),
      fc.dictionary(fc.constantFrom('sub', 'all', 'pub'), fc.oneof(text, fc.array(text))),
    );
    const claims = fc.record({ exp: fc.oneof(fc.jsonValue(), fc.double()), acl }, { requiredKeys: [] });
    const json = claims.map((each) => JSON.stringify(each).replaceAll('"', `"${secret}`));
    const token = fc.oneof(
      fc.string(),
      claims.map(jwt),
      json.map((each) => `${secret}.${Buffer.from(each).toString('base64url')}.${secret}`),
    );
    fc.assert(
      fc.property(token, (each) => {
        const { filters, remarks, expiresAt } = read(each);
        expect(remarks.join()).to.not.include(secret);
        expect(filters.length).to.be.within(1, 100);
        expect(new Set(filters).size).to.equal(filters.length);
        expect(filters.every(isTopicFilter)).to.equal(true);
        if (expiresAt !== undefined) new Date(expiresAt).toISOString();
      }),
      { numRuns: 500 },
    );
  });
});

describe('the exp of a token', () => {
  const good: readonly [unknown, number][] = [
    [1_700_000_000, 1_700_000_000_000],
    ['1700000000', 1_700_000_000_000],
    [1_700_000_000.25, 1_700_000_000_250],
    ['1700000000.5', 1_700_000_000_500],
    [1_700_000_000_000, 1_700_000_000_000],
    ['1700000000000', 1_700_000_000_000],
  ];
  for (const [exp, expected] of good) {
    it(`is a time: ${JSON.stringify(exp)}`, () => {
      expect(read(jwt({ exp }))).to.deep.equal({ expiresAt: expected, filters: own, remarks: [] });
    });
  }

  for (const exp of [
    '-1',
    '0',
    '1e999',
    '1e300',
    '-1e999',
    '""',
    '" "',
    '"soon"',
    '"0x5f"',
    '"NaN"',
    'true',
    '[1]',
    '{}',
  ]) {
    it(`is ignored, with a remark: ${exp}`, () => {
      expect(read(`x.${btoa(`{"exp":${exp}}`)}.x`)).to.deep.equal({
        filters: own,
        remarks: ["the token's exp is not a valid time: ignored"],
      });
    });
  }
});

describe('the acl of a token', () => {
  const shapes: readonly [string, unknown, readonly string[]][] = [
    ['a string where a list is expected', { sub: 's2u/a/#' }, ['s2u/a/#']],
    ['lists for subscribing and publishing', { sub: ['a'], all: ['b'], pub: ['c'] }, ['a', 'b']],
    [
      `\${username} and \${clientid}`,
      { sub: [`s2u/\${username}/#`, `x/\${clientid}`] },
      ['s2u/cv1/#', 'x/cvmqtt-cv1'],
    ],
    ['%u and %c, as whole levels', { sub: ['%u/a', 'a/%c', 'a%u'] }, ['cv1/a', 'a/cvmqtt-cv1', 'a%u']],
    [
      'a filter twice',
      { sub: ['a', 'a'], all: ['a', `s2u/\${username}/#`, 's2u/cv1/#'] },
      ['a', 's2u/cv1/#'],
    ],
  ];
  const rule = (permission: string, action: string, topic: unknown, more: object = {}) => ({
    permission,
    action,
    topic,
    ...more,
  });
  const rules: readonly [string, unknown, readonly string[]][] = [
    [
      'rules that allow to subscribe',
      ['subscribe', 'sub', 'all', 'pubsub', 'Subscribe'].map((action) => rule('Allow', action, action)),
      ['subscribe', 'sub', 'all', 'pubsub', 'Subscribe'],
    ],
    ['rules that allow to publish', [rule('allow', 'publish', 'a'), rule('allow', 'subscribe', 'b')], ['b']],
    [
      'a rule that denies the rest',
      [rule('allow', 'subscribe', `s2u/\${username}/#`), rule('deny', 'all', '#')],
      own,
    ],
    [
      'a rule that denies what a later one allows',
      [rule('deny', 'all', 'a'), rule('allow', 'all', 'a'), rule('allow', 'all', 'b')],
      ['b'],
    ],
    [
      'a rule that denies what an earlier one allows',
      [rule('allow', 'all', 'a'), rule('deny', 'all', 'a')],
      ['a'],
    ],
    [
      'a rule that denies QoS 2 only',
      [rule('deny', 'all', 'a', { qos: [2] }), rule('allow', 'all', 'a', { qos: [0, 1], retain: true })],
      ['a'],
    ],
    [
      'a rule that denies QoS 1',
      [rule('deny', 'all', 'a', { qos: 1 }), rule('allow', 'all', 'a'), rule('allow', 'all', 'b')],
      ['b'],
    ],
    ['rules with several topics', [{ permission: 'allow', action: 'all', topics: ['a', 'b'] }], ['a', 'b']],
    ['a literal filter', [rule('allow', 'subscribe', 'eq s2u/+/#')], ['s2u/+/#']],
  ];
  for (const [what, acl, filters] of [...shapes, ...rules]) {
    it(`is read with ${what}`, () => {
      const claims = read(jwt({ acl }));
      expect(claims).to.deep.equal({ filters, remarks: [] });
    });
  }

  const none = "the token's acl allows no topic filter: subscribing to s2u/cv1/#";
  const leftOut = 'the token has invalid topic filters: ignored';
  const odd: readonly [string, unknown, readonly string[], readonly string[]][] = [
    ['an empty object', {}, own, [none]],
    ['sub null', { sub: null }, own, [none]],
    ['sub empty', { sub: [] }, own, [none]],
    ['an empty list of rules', [], own, [none]],
    ['rules that deny all', [{ permission: 'deny', action: 'all', topic: '#' }], own, [none]],
    ['a text', 's3cret', own, ["the token's acl is neither an object nor a list of rules: ignored", none]],
    ['a number', 5, own, ["the token's acl is neither an object nor a list of rules: ignored", none]],
    [
      'invalid filters among valid ones',
      { sub: ['s2u/#/x', 's3cret#', '', 5, null, ['a'], 'b'] },
      ['b'],
      [leftOut],
    ],
    [
      'placeholders that cannot be filled in',
      { sub: [`a/\${cert_common_name}`, `a/\${client_attrs.tns}`, 'b'] },
      ['b'],
      [leftOut],
    ],
    [
      'invalid rules',
      [
        's3cret',
        null,
        {},
        { permission: 'perhaps', action: 'all', topic: 'a' },
        { permission: 'allow', action: 'all', topic: 'b' },
      ],
      ['b'],
      ['the token has rules that neither allow nor deny: ignored'],
    ],
    [
      'shared subscriptions',
      { sub: [`$share/group/s2u/\${username}/#`, '$queue/q', '$exclusive/e'] },
      ['s2u/cv1/#', 'q', 'e'],
      ['the token has shared or exclusive subscriptions: using them as ordinary ones'],
    ],
    [
      'a shared subscription to nothing',
      { sub: ['$share/group', '$share', '$share/a/$share/b/c', '$share/group/'] },
      own,
      [leftOut, 'the token has shared or exclusive subscriptions: using them as ordinary ones', none],
    ],
    [
      'over 100 filters',
      { sub: Array.from({ length: 101 }, (_, n) => `f${n}`) },
      Array.from({ length: 100 }, (_, n) => `f${n}`),
      ['the token has more than 100 topic filters: using only the first 100'],
    ],
  ];
  for (const [what, acl, filters, remarks] of odd) {
    it(`is read as far as possible, with a remark, with ${what}`, () => {
      expect(read(jwt({ acl }))).to.deep.equal({ filters, remarks });
    });
  }

  it('fills in names unchanged, even if they look like a placeholder or a pattern', () => {
    const names = { username: `\${clientid}$&%c`, clientId: '$1' };
    expect(claimsOf(jwt({ acl: { sub: [`a/\${username}/\${clientid}`] } }), names).filters).to.deep.equal([
      `a/\${clientid}$&%c/$1`,
    ]);
  });

  it('does not let a name become a wildcard', () => {
    const names = { username: '+', clientId: '#' };
    expect(filtersIn({ sub: [`a/\${username}`] })).to.deep.equal(['a/cv1']);
    expect(
      claimsOf(jwt({ acl: { sub: [`a/\${username}`, `a/\${clientid}`, 'b'] } }), names).filters,
    ).to.deep.equal(['b']);
  });
});
