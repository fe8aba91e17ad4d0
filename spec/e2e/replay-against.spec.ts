import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { SaxesParser } from 'saxes';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { startCvmqtt } from '../rig/daemon.js';
import { documentedLines } from '../rig/json-fields.js';
import { day } from '../rig/sample-day.js';

describe('cvmqtt replay, compared with another run', () => {
  const atEnd = endingAfterTest();

  const run = async (...args: readonly string[]) => {
    const child = startCvmqtt(atEnd, ['replay', ...args]);
    const { code } = await child.exited;
    return { code, ...child.output() };
  };
  const newRules = ['--settings', day.settings, '--against-settings', day.newRules] as const;

  it('shows what ends otherwise with other settings', async () => {
    const { code, stdout, stderr } = await run(day.capture, ...newRules);
    expect(code).to.equal(0);
    expect(stdout.split('\n').filter((line) => line !== '')).to.have.length(11);
    expect(stdout).to.match(/^00:01:56\.492 {2}unregistered → notified +lockers-reserve: no integration/m);
    expect(stderr).to.contain(
      '11 of 505 messages end otherwise: 7 unregistered → notified, 4 reserved-name → notified\n',
    );
  });

  it('shows it in JSON, and both runs in one picture', async () => {
    const file = join(await temporaryDirectory(atEnd), 'both.svg');
    const { stdout } = await run(day.capture, ...newRules, '--json', '--report', file);
    expect(documentedLines('replay --against', stdout)).to.have.length(11);
    const svg = await readFile(file, 'utf8');
    const ids: unknown[] = [];
    const parser = new SaxesParser();
    parser.on('error', (error) => {
      throw error;
    });
    parser.on('opentag', ({ attributes }) => {
      if ('id' in attributes) ids.push(attributes['id']);
    });
    parser.write(svg).close();
    expect(ids).to.deep.equal([...new Set(ids)]);
    expect(svg).to.contain('capture.ndjson, cvmqtt.json').and.to.contain('capture.ndjson, new-rules.json');
  });

  it('compares two captures, also with messages that one of them does not have', async () => {
    const file = join(await temporaryDirectory(atEnd), 'shorter.ndjson');
    const lines = (await readFile(day.capture, 'utf8')).split('\n');
    await writeFile(file, lines.slice(0, -3).join('\n'));
    expect((await run(day.capture, '--against', day.capture)).stdout).to.equal('');
    const { stdout, stderr } = await run(day.capture, '--against', file, '--json');
    expect(documentedLines('replay --against', stdout)).to.have.length(2);
    expect(stderr).to.contain('2 of 505 messages end otherwise: 2 notified → missing\n');
  });

  it('refuses a page, a target, and input that can be read only once', async () => {
    for (const [code, detail, ...args] of [
      [2, 'a comparison is drawn as a picture', '--report', 'x.html'],
      [2, '--against needs a dry run', '--to-cvmain', '/tmp'],
    ] as const) {
      const refused = await run(day.capture, ...newRules.slice(2), ...args);
      expect(refused.code).to.equal(code);
      expect(refused.stderr).to.contain(detail);
    }
    expect((await run('-', ...newRules)).stderr).to.contain('can be read only once');
  });
});
