import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import * as t from 'io-ts';
import { layout } from '../../lib/config/layout.js';
import { decodeJsonWith } from '../../lib/util/codec.js';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { startCvmqtt } from '../rig/daemon.js';
import { lineOf, putLetters } from '../rig/letters.js';
import { steeringIn } from '../rig/unprintable.js';
import { rightOf } from '../support/either.js';
import { jwt } from '../support/jwt.js';

const Listed = t.type({
  id: t.string,
  state: t.string,
  reason: t.string,
  key: t.string,
  attempts: t.number,
});
const Shown = t.intersection([
  Listed,
  t.partial({ payload: t.string, payload_b64: t.string }),
  t.type({ now: t.type({ end: t.string, steps: t.array(t.type({ step: t.string, verdict: t.string })) }) }),
]);

describe('cvmqtt dead-letters', () => {
  const atEnd = endingAfterTest();
  let home = '';

  beforeEach(async () => {
    home = await temporaryDirectory(atEnd);
    const { mq, cvmain, credentials, integrations } = layout(home);
    await mkdir(mq);
    await writeFile(cvmain, '{}');
    await writeFile(integrations, '[{"name":"int1"}]');
    const login = { server_uri: 'tcp://h:1', username: 'cv12345', password: jwt({}) };
    await writeFile(credentials, JSON.stringify(login));
  });

  const run = async (...args: readonly string[]) => {
    const child = startCvmqtt(atEnd, ['dead-letters', ...args]);
    const { code } = await child.exited;
    return { code, ...child.output() };
  };

  const listed = async (...args: readonly string[]) => {
    const { stdout } = await run('list', home, '--json', ...args);
    const lines = stdout.split('\n').filter((line) => line !== '');
    return lines.map((line) => rightOf(decodeJsonWith(Listed)(line)));
  };

  describe('list', () => {
    it('prints a line for each, the older file first, and the number in each state', async () => {
      const ageMs = 3 * 3_600_000;
      await putLetters(home, [lineOf('int1-old', { ageMs })], 'dead-letters.ndjson.1');
      await putLetters(home, [
        lineOf('int1-new', { reason: 'refused', ageMs }),
        lineOf({ name: 'int1-late', expiresInMs: 5 }, { ageMs }),
      ]);
      const { code, stdout } = await run('list', home);
      expect(code).to.equal(0);
      expect(
        stdout
          .trimEnd()
          .split('\n')
          .map((line) => line.trimEnd().replace(/^[0-9a-f]{12} /, '# ')),
      ).to.deep.equal([
        'ID            REASON                       AGE  CALLS  STATE     NAME',
        '#  unregistered           3 h 0 min      0  open      int1-old',
        '#  refused                3 h 0 min      0  open      int1-new',
        '#  unregistered           3 h 0 min      0  stale     int1-late',
        '2 open, 1 stale',
      ]);
    });

    it('says if there are none', async () => {
      expect((await run('list', home)).stdout).to.match(/\nno dead letters\n$/);
    });

    it('takes filters', async () => {
      await putLetters(home, [
        lineOf('int1-a', { ageMs: 3 * 3_600_000 }),
        lineOf('int2-b', { reason: 'refused' }),
        lineOf('int1-c', { reason: 'refused' }),
      ]);
      expect(await listed('--reason', 'refused')).to.have.length(2);
      expect(await listed('--reason', 'refused', '--integration', 'int1')).to.have.length(1);
      const [first] = await listed();
      expect(await listed('--key', first?.key ?? '')).to.deep.equal([first]);
      expect(await listed('--since', '2h')).to.have.length(2);
    });

    it('reports, skips and counts a broken line', async () => {
      await putLetters(home, [lineOf('int1-a'), '{"torn', lineOf('int1-b')]);
      const { code, stdout, stderr } = await run('list', home);
      expect(code).to.equal(0);
      expect(stdout).to.match(/\n2 open, 1 broken\n$/);
      expect(stderr).to.equal(
        `cvmqtt dead-letters: ${join(layout(home).state, 'dead-letters.ndjson')}:2: is not JSON; skipped\n`,
      );
    });

    it('counts each letter of a newer version, and reports them in one line', async () => {
      const newer = lineOf('int1-a').replace('"format":1', '"format":2');
      await putLetters(home, [newer, lineOf('int1-b'), newer, newer]);
      const { stdout, stderr } = await run('list', home);
      expect(stdout).to.match(/\n1 open, 3 broken\n$/);
      expect(stderr).to.match(/^cvmqtt dead-letters: \S+:1: 3 letters here: has format 2, .*; skipped\n$/);
    });

    it('reads another state directory', async () => {
      const other = await temporaryDirectory(atEnd);
      await writeFile(join(other, 'dead-letters.ndjson'), `${lineOf('int1-a')}\n`);
      expect(await listed('--state-dir', other)).to.have.length(1);
    });
  });

  describe('show', () => {
    const shown = async () => {
      const [{ id } = { id: '' }] = await listed();
      const { stdout } = await run('show', home, id.slice(0, 6));
      const json = await run('show', home, id, '--json');
      return { stdout, json: rightOf(decodeJsonWith(Shown)(json.stdout)) };
    };

    it('prints JSON with a line for each value, numbers as they were sent, and the decision of today', async () => {
      const text = '{"function":"int1-open","body":{"door":12345678901234567890}}';
      await putLetters(home, [lineOf({ text })]);
      const { stdout, json } = await shown();
      expect(stdout).to.contain(
        '    {\n      "function": "int1-open",\n      "body": {\n        "door": 12345678901234567890\n',
      );
      expect(stdout).to.contain('sent again now, it would be notified');
      expect(stdout).to.match(/✓ deliver +send_notification to the notifier/);
      expect(json).to.include({ payload: text });
      expect(json.now.end).to.equal('notified');
    });

    it('prints bytes as hex', async () => {
      const bytes = Buffer.from([0, 0xff, 0x41, 0x1b, ...Buffer.alloc(20)]);
      await putLetters(home, [lineOf({ name: 'int9-open', payload: { bytes } })]);
      const { stdout, json } = await shown();
      expect(stdout).to.contain('    00000000  00 ff 41 1b 00 ');
      expect(stdout).to.contain('..A.....');
      expect(stdout).to.contain('would not be notified: unregistered');
      expect(json.payload_b64).to.equal(bytes.toString('base64'));
    });

    it('reports an unknown id', async () => {
      const { code, stderr } = await run('show', home, 'abcdef');
      expect({ code, stderr }).to.deep.equal({
        code: 2,
        stderr: 'cvmqtt dead-letters: no dead letter has the id abcdef\n',
      });
    });
  });

  it('prints no control characters, whatever was sent', async () => {
    const hostile = '\u001b[2J\u202e\u0085\u2028\u0007\r\nid: open';
    await putLetters(home, [
      lineOf({ name: `int1-${hostile}`, text: hostile }, { detail: hostile }),
      lineOf({ text: JSON.stringify({ function: hostile, [hostile]: 1 }), topic: hostile }),
      `${hostile.replaceAll('\n', '')}{`,
    ]);
    const outputs = [await run('list', home), await run('list', home, '--json')];
    for (const { id } of await listed()) {
      outputs.push(await run('show', home, id), await run('show', home, id, '--json'));
    }
    outputs.push(await run('replay', home, '--all', '--dry-run'));
    outputs.push(await run('show', home, hostile), await run('list', home, '--reason', hostile));
    expect(outputs).to.have.length(9);
    for (const { stdout, stderr } of outputs) expect(steeringIn(stdout + stderr)).to.deep.equal([]);
    expect(outputs[0]?.stdout.split('\n')).to.have.length(5);
  });

  it('ends silently if its reader has ended', async () => {
    await putLetters(
      home,
      Array.from({ length: 20_000 }, () => lineOf('int1-a')),
    );
    const child = startCvmqtt(atEnd, ['dead-letters', 'list', home]);
    await child.stdout.first('a line');
    child.stopReading();
    expect(await child.exited).to.deep.equal({ code: 0, signal: null });
  });

  it('ends with code 78 if the configuration is wrong', async () => {
    await writeFile(layout(home).settings, '{"hold":1}');
    const { code, stderr } = await run('list', home);
    expect(code).to.equal(78);
    expect(stderr).to.contain('unknown field hold');
  });

  for (const args of [
    [],
    ['burn', '/tmp'],
    ['list', '/tmp', '--reason', 'boredom'],
    ['list', '/tmp', '--all'],
    ['replay', '/tmp'],
    ['replay', '/tmp', '--all'],
    ['replay', '/tmp', 'abcd', '--all', '--yes'],
    ['replay', '/tmp', 'abcd', '--since', '2h'],
  ]) {
    it(`ends with code 2 and shows the usage: ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await run(...args);
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
      expect(stderr).to.match(/^cvmqtt dead-letters: .*\nusage: cvmqtt dead-letters list/);
    });
  }
});
