import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { ownTopic, topicProblem, topicRulesOf } from '../../../lib/config/own-topic.js';
import { mayPublishOf } from '../../../lib/config/publish-rights.js';
import { hostileText } from '../../support/hostile-text.js';
import { jwt } from '../../support/jwt.js';
import { login } from '../../support/session.js';

const username = 'cv12345';
const rights = (acl: unknown) => mayPublishOf({ username, password: jwt({ acl }) });

describe('mayPublishOf', () => {
  const cases: readonly (readonly [string, unknown, readonly string[], readonly string[]])[] = [
    ['no acl', undefined, [`u2s/${username}/a`], ['u2s/another/a', 's2u/cv12345/a']],
    ['pub', { sub: ['s2u/#'], pub: ['a/+', 'b/#'] }, ['a/x', 'b', 'b/c/d'], ['a', 'a/x/y', 's2u/x']],
    ['all', { all: ['a'] }, ['a'], ['b']],
    ['only sub', { sub: ['a'] }, [], ['a', `u2s/${username}/a`]],
    ['placeholders', { pub: [`u2s/\${username}/#`, '%c'] }, ['u2s/cv12345/a', 'cvmqtt-cv12345'], ['u2s/x/a']],
    ['an unknown placeholder', { pub: [`\${other}/#`] }, [], [`\${other}/a`, 'a']],
    ['a single filter', { pub: 'a/#' }, ['a/b'], ['b']],
    ['$ topics', { pub: ['#'] }, ['a'], ['$SYS/a']],
    ['nothing that can be read', { pub: [5, null, 'a#'] }, [], ['a', 'a#']],
    ['neither an object nor a list', 'a', [], ['a', `u2s/${username}/a`]],
    [
      'rules, of which the first counts',
      [
        { permission: 'deny', action: 'publish', topic: 'a/secret' },
        { permission: 'allow', action: 'all', topic: 'a/#' },
        { permission: 'allow', action: 'subscribe', topic: 'b' },
        { permission: 'allow', action: 'publish', topic: 'eq c' },
      ],
      ['a/b', 'c'],
      ['a/secret', 'b', 'd'],
    ],
    [
      'a denial of QoS 0 alone',
      [
        { permission: 'deny', action: 'publish', topic: 'a', qos: [0] },
        { permission: 'allow', action: 'publish', topic: 'a' },
      ],
      ['a'],
      [],
    ],
  ];
  for (const [what, acl, allowed, denied] of cases)
    it(`reads ${what}`, () => {
      const may = rights(acl);
      expect(allowed.filter((topic) => !may(topic))).to.deep.equal([]);
      expect(denied.filter(may)).to.deep.equal([]);
    });

  it('counts a password that is no token as one without an acl', () => {
    const may = mayPublishOf({ username, password: 'plain' });
    expect([may(`u2s/${username}/a`), may('a')]).to.deep.equal([true, false]);
  });

  it('never throws, whatever the claim', () =>
    fc.assert(
      fc.property(fc.anything(), fc.string(), (acl, topic) => {
        let password: string;
        try {
          password = jwt({ acl });
        } catch {
          return;
        }
        mayPublishOf({ username, password })(topic);
      }),
    ));
});

describe('the topics to which cvmqtt publishes', () => {
  const rules = topicRulesOf(
    login({
      password: jwt({
        acl: { sub: ['s2u/cv12345/#', 'u2s/cv12345/echo'], pub: ['u2s/cv12345/#', 's2u/#', '#'] },
      }),
      filters: ['s2u/cv12345/#', 'u2s/cv12345/echo'],
    }),
  );

  it("are refused if they are invalid, the broker's, subscribed to, or not allowed", () => {
    expect(topicProblem('u2s/cv12345/a', rules)).to.equal(undefined);
    for (const topic of ['s2u/cv12345/command', 'u2s/cv12345/echo'])
      expect(topicProblem(topic, rules)).to.equal('is subscribed to: the message would come back');
    expect(topicProblem('$SYS/a', rules)).to.match(/^begins with \$/);
    for (const topic of ['', 'a/+', '#', 'a\0', 'a\n', '\ud800', '\ufffd', 'x'.repeat(513), 'é'.repeat(257)])
      expect(topicProblem(topic, rules), topic).to.match(/^is not a topic name/);
    const narrow = topicRulesOf(login({ password: jwt({ acl: { pub: ['u2s/cv12345/#'] } }) }));
    expect(topicProblem('u2s/another/a', narrow)).to.match(/^is not under acl.pub/);
  });

  it('have the username filled in', () => {
    expect(ownTopic(`u2s/\${username}/x`, { username }, rules)).to.deep.equal(E.right('u2s/cv12345/x'));
    expect(ownTopic(`u2s/\${other}/x`, { username }, rules)).to.deep.equal(
      E.left(`u2s/\${other}/x has an unknown placeholder`),
    );
    expect(ownTopic(`s2u/\${username}/x`, { username }, rules)).to.deep.equal(
      E.left('s2u/cv12345/x is subscribed to: the message would come back'),
    );
  });

  it('are never one that the session subscribes to or that has a wildcard, whatever a sender asks for', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), hostileText), (text) => {
        for (const topic of [text, `u2s/cv12345/${text}`, `s2u/cv12345/${text}`]) {
          if (topicProblem(topic, rules) !== undefined) continue;
          expect(topic).to.not.match(/[+#\0]/);
          expect(topic.startsWith('s2u/cv12345/')).to.equal(false);
          expect(Buffer.from(topic).toString()).to.equal(topic);
        }
      }),
    ));
});
