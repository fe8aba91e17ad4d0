import { assert, expect } from 'chai';
import fc from 'fast-check';
import { resultKeys } from '../../../lib/rule-test/lines.js';
import type { MessageResult, RuleTest, Run } from '../../../lib/rule-test/rule-test.js';
import { verdict } from '../../../lib/rule-test/verdict.js';
import { runRuleTest } from '../../../streams/programs/rule-test.js';
import { ruleTestsIn } from '../../support/rule-tests.js';

/** The tests of a text pass. */
const passes = (text: string): void => {
  for (const test of ruleTestsIn(text)) {
    const result = verdict(test, runRuleTest(test));
    if (result.kind === 'failed') assert.fail(`${test.name}\n${result.lines.join('\n')}`);
  }
};

describe('runRuleTest: each settlement', () => {
  const tests: Readonly<Record<string, string>> = {
    'notified, in the frame in which its app registers': `
      publish         -a---b--
      set             -----y--
      notified        -----(ab)
      a = int1-x
      b = int1-y
      y = int1`,
    'undecodable and malformed-name': `
      publish         (abc)d
      undecodable     (ab)
      malformed-name  c----d
      a = topic s2u/cv12345 text x
      b = {"function": "int1-x", "timeout": "soon"}
      c = reboot
      d = -x`,
    'reserved-name, but for those that are named': `
      settings {"reserved_integrations": ["vg:a"]}
      registered vg:a, vg:b
      publish         (ab)
      notified        a
      reserved-name   b
      a = vg:a-x
      b = vg:b-x`,
    'unregistered, when the hold is over, and at once past the bound': `
      settings {"hold_unregistered_ms": 3000, "hold_max_messages": 1, "spool_max_bytes": 0}
      publish         -ab--
      unregistered    --b-a
      a = int1-x
      b = int1-y`,
    'delivery-disabled, for both or for want of an address': `
      mq {"msgs_via_notifier": false, "external_integrations": true}
      registered int1, int2@10.0.0.2:6002
      publish            -ab-
      delivery-disabled  -a--
      notified           --b-
      a = int1-x
      b = int2-x`,
    'too-large': `
      registered int1
      publish            -a-
      too-large          -a-
      a = int1-x {"body": "${'x'.repeat(33_000)}"}`,
    'refused, as long as cvmain refuses': `
      registered int1
      cvmain             --x-+-
      publish            -a-b-c
      notified           -a---c
      refused            ---b--
      a = int1-x
      b = int1-y
      c = int1-z`,
    'expired, by MQTT and by the envelope': `
      publish            -(ab)----
      expired            ----a--
      expired            ---b---
      a = expires 3s int1-x
      b = int2-x {"timeout": 2000}`,
    'overflow, for QoS 0 past the window': `
      settings {"window_messages": 1}
      publish            -abc-----
      set                -----y---
      notified           -----(ac)
      overflow           --b------
      a = qos 0 int1-x
      b = qos 0 int1-y
      c = int1-z
      y = int1`,
  };
  for (const [title, text] of Object.entries(tests)) it(title, () => passes(`test ${title}\n${text}`));

  it('knows them all', () => {
    // A test can't have a topic that no filter matches.
    for (const result of resultKeys.filter((each) => each !== 'unsubscribed'))
      expect(Object.values(tests).join()).to.match(new RegExp(`^ +${result} +[-(a-d]`, 'm'));
  });
});

describe('runRuleTest: cvmain', () => {
  const tests: Readonly<Record<string, string>> = {
    'away, then back: what waited goes on in that frame, in order for each app': `
      registered int1, int2
      cvmain    ?----+--
      publish   -abc----
      notified  -----(abc)
      a = int1-x
      b = int2-x
      c = int1-y`,
    'fails: the message is tried again after 0.1, 0.3, 0.7 and 1.5 s': `
      frame 100ms
      registered int1
      cvmain    ~--------------+-
      publish   a----------------
      notified  ---------------a-
      a = int1-x`,
    'fails, and the next attempt comes within a frame': `
      registered int1
      cvmain    ~+---
      publish   a----
      notified  -a---
      a = int1-x`,
    'away for less than the wait between two attempts: that is not waited for': `
      frame 10ms
      registered int1
      cvmain    ?--+---
      publish   a------
      notified  ---a---
      a = int1-x`,
    'slow: one call at a time for an app, another app beside it': `
      registered int1, int2
      cvmain    2---------
      publish   (abc)-----
      notified  --a-b-----
      notified  --c-------
      a = int1-x
      b = int1-y
      c = int2-x`,
    'slower than the deadline: given up, and made again': `
      settings {"call_deadline_ms": 3000}
      registered int1
      cvmain    5--+------
      publish   -a--------
      notified  ----a-----
      a = int1-x`,
    'decides about a call when it begins': `
      registered int1
      cvmain    3-x-------
      publish   -a--------
      notified  ----a-----
      a = int1-x`,
  };
  for (const [title, text] of Object.entries(tests)) it(title, () => passes(`test ${title}\n${text}`));
});

describe('runRuleTest: time', () => {
  const runOf = (text: string): Run => {
    const [test] = ruleTestsIn(`test t\n${text}\na = int1-x\n`);
    if (test === undefined) throw new Error('no test');
    return runRuleTest(test);
  };

  it('continues after the diagrams', () => {
    expect(runOf('settings {"hold_unregistered_ms": 3600000}\npublish a').results).to.deep.equal([
      {
        frame: 3_600,
        letter: 'a',
        result: 'unregistered',
        detail: 'no integration "int1" is registered; held 3600000 ms for it',
      },
    ]);
  });

  it('ends at "|"', () => {
    const until = (bars: string) =>
      runOf(`settings {"hold_unregistered_ms": 3000}\npublish  a\nnotified ${bars}`);
    expect(until('---|').results).to.deep.equal([]);
    expect(until('----|').results).to.have.lengthOf(1);
  });

  it('ends two hours after the diagrams if a message is retried for ever', () => {
    expect(runOf('registered int1\ncvmain  ~\npublish a')).to.deep.equal({ results: [], endless: false });
  });

  it('ends after 200,000 timers', () => {
    const attempts = 'settings {"retry_max_ms": 100}\nframe 1d\nregistered int1\ncvmain  ~----+';
    expect(runOf(`${attempts}\npublish a`)).to.deep.equal({ results: [], endless: true });
  });

  it('runs a thousand messages for as many apps in no time', () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz'];
    const rows = Array.from({ length: 38 }, () => `publish (${letters.join('')})`).join('\n');
    const values = letters.map((each) => `${each} = int${each}-x`).join('\n');
    const [test] = ruleTestsIn(`test t\n${rows}\n${values}`);
    expect(test && runRuleTest(test).results).to.have.lengthOf(38 * 26);
  });
});

describe('runRuleTest: the spool', () => {
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const values = letters.map((each) => `${each} = int1-${each}`).join('\n');

  /** 20 messages a second for an app that registers as the last of them has come. */
  const runOf = (count: number, settings: string): Run => {
    const sent = Array.from({ length: count }, (_, n) => letters[n % letters.length]).join('');
    const comes = `${'-'.repeat(count)}1`;
    const text = `test t\nframe 50ms\nsettings ${settings}\npublish ${sent}\nset     ${comes}\n1 = int1\n${values}`;
    const [test] = ruleTestsIn(text);
    if (test === undefined) throw new Error('no test');
    return runRuleTest(test);
  };

  it('takes messages beyond the limit: all are notified, in order, in the frame in which the app registers', () => {
    const { results, endless } = runOf(70, '{}');
    expect(endless).to.equal(false);
    expect(results).to.deep.equal(
      Array.from({ length: 70 }, (_, n) => ({
        frame: 70,
        letter: letters[n % letters.length],
        result: 'notified',
      })),
    );
  });

  it('is checked only while there is something to write: no endless timers in an outage of hours', () => {
    const text = `test t\nframe 1h\nsettings {"spool_max_age_s": 200000}\nregistered int1\ncvmain  ?----~----\npublish (${letters.join('')})\n${values}`;
    const [test] = ruleTestsIn(text);
    expect(test && runRuleTest(test)).to.deep.equal({ results: [], endless: false });
  });

  it('is absent if the settings have none', () => {
    const { results } = runOf(70, '{"spool_max_bytes": 0}');
    expect(results.filter(({ result }) => result === 'notified').length).to.equal(64);
    expect(results.filter(({ result }) => result === 'unregistered').map(({ frame }) => frame)).to.deep.equal(
      [64, 65, 66, 67, 68, 69],
    );
  });
});

describe('runRuleTest: any test', () => {
  const letters = [...'abcd'];
  const marks = (all: string) =>
    fc
      .array(fc.constantFrom('-', '-', '-', ...all), { minLength: 1, maxLength: 14 })
      .map((each) => each.join(''));
  const text = fc
    .record({
      publish: marks('abcd'),
      set: marks('xyz'),
      cvmain: marks('+x~?12'),
      frame: fc.constantFrom('100ms', '700ms', '1s', '1m'),
      end: fc.boolean(),
    })
    .map(({ publish, set, cvmain, frame, end }) =>
      [
        'test t',
        `frame ${frame}`,
        'settings {"hold_unregistered_ms": 4000, "hold_max_messages": 2, "window_messages": 3}',
        `publish  a${publish}`,
        `set      ${set}xyz`,
        `cvmain   ${cvmain}`,
        `publish  --bcd`,
        ...(end ? [`notified ${'-'.repeat(20)}|`] : []),
        'a = int1-x',
        'b = int2-x {"timeout": 3000}',
        'c = qos 0 int1-y',
        'd = expires 2s int3-x',
        'x = int1',
        'y = int1, int2, int3',
        'z =',
      ].join('\n'),
    );
  const testOf = (written: string): RuleTest => {
    const [test] = ruleTestsIn(written);
    if (test === undefined) throw new Error('no test');
    return test;
  };
  const passed = (test: RuleTest, expected: readonly MessageResult[], run: Run): boolean =>
    verdict({ ...test, expected }, run).kind === 'passed';

  it('passes with what the pipeline does, every time, and fails with any other expectation', () => {
    fc.assert(
      fc.property(
        text,
        fc.nat(),
        fc.constantFrom(...resultKeys),
        fc.constantFrom(...letters),
        (written, at, result, letter) => {
          const test = testOf(written);
          const { results } = runRuleTest(test);
          const again = runRuleTest(testOf(written));
          assert.equal(passed(test, results, again), true, 'as it is');
          assert.equal(
            passed(test, [...results, { frame: at % 20, letter, result }], again),
            false,
            'one more',
          );
          const some = results[at % Math.max(1, results.length)];
          if (some === undefined) return;
          const others = results.filter((each) => each !== some);
          const changes: readonly MessageResult[] = [
            { ...some, frame: some.frame + 1 },
            ...(some.result === result ? [] : [{ ...some, result }]),
            ...(some.letter === letter ? [] : [{ ...some, letter }]),
          ];
          assert.equal(passed(test, others, again), false, 'one less');
          for (const change of changes) {
            const expected = results.map((each) => (each === some ? change : each));
            assert.equal(passed(test, expected, again), false, JSON.stringify(change));
          }
        },
      ),
    );
  });
});
