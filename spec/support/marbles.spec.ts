import { assert } from 'chai';
import { rules, type Script } from './marbles.js';

const fails = (test: (script: Script) => void, message: RegExp): void =>
  assert.throws(() => rules(test), message);

// A test that can't fail is a defect: each expectation fails once here.
describe('rules', () => {
  it('fails if a settlement comes at another time, with another result, or for another publish', () => {
    for (const [marbles, values] of [
      ['--a-|', {}],
      ['-a---|', {}],
      ['-a-|', { a: 'refused' }],
      ['-b-|', {}],
      ['-(aa)-|', {}],
      ['---|', {}],
    ] as const) {
      fails(({ publishes, settlements }) => {
        publishes('-a-|');
        settlements(marbles, values);
      }, /what differs/);
    }
  });

  it('says what was expected, and what happened', () => {
    try {
      rules(({ publishes, settlements }) => {
        publishes('  -a-|');
        settlements('--a|', { a: 'refused' });
      });
    } catch (error) {
      assert.deepInclude(error, {
        actual: ['1 ms: a: notified', '3 ms: complete'],
        expected: ['2 ms: a: refused', '3 ms: complete'],
      });
      assert.match(String(error), /what differs:\n {2}expected {2}--a\|\n {2}actual {4}-a-\|\n/);
      return;
    }
    assert.fail('it passed');
  });

  const wrong: Readonly<Record<string, (script: Script) => void>> = {
    'a call comes at another time': ({ calls }) => calls({ a: '^!' }),
    'a call is missing': ({ calls }) => calls({ a: ['-(^!)', '-(^!)'] }),
    'a call is one too many': ({ calls }) => calls({ a: [] }),
    'another app is notified': ({ sends }) => sends('-a', { a: 'a to 10.0.0.1:6001' }),
    'an app is notified that should not be': ({ sends }) => sends('--'),
    'a probe is missing': ({ probes }) => probes('-^!'),
    'a write of a dead letter is missing': ({ writes }) => writes({ a: '-(^!)' }),
  };
  for (const [what, expectation] of Object.entries(wrong)) {
    it(`fails if ${what}`, () =>
      fails((script) => {
        script.publishes('  -a-|');
        expectation(script);
        script.settlements('-a-|');
      }, /what differs/));
  }

  it('rejects a test without settlements, and a value for an unused letter', () => {
    fails(({ publishes }) => publishes('a|'), /which settlements/);
    fails(({ publishes }) => publishes('a|', { b: 'int1-b' }), /"a\|" has no b/);
    fails(({ settlements }) => settlements('a|', { b: 'notified' }), /"a\|" has no b/);
    fails(({ sets }) => sets('0', { 1: [] }), /"0" has no 1/);
    for (const mention of [
      ({ cvmain }: Script) => cvmain({ b: '-' }),
      ({ stores }: Script) => stores({ b: '-' }),
      ({ calls }: Script) => calls({ b: [] }),
      ({ writes }: Script) => writes({ b: [] }),
    ]) {
      fails((script) => {
        script.publishes('a|');
        mention(script);
        script.settlements('a|');
      }, /"a\|" has no b/);
    }
  });
});
