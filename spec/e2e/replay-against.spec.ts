import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { SaxesParser } from 'saxes';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { openFile, startChromium } from '../rig/chromium.js';
import { startCvmqtt } from '../rig/daemon.js';
import { documentedLines } from '../rig/json-fields.js';
import { itWithChromium } from '../rig/programs.js';
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

  itWithChromium('shows both runs and the messages in one page, where hostile names stay text', async () => {
    const folder = await temporaryDirectory(atEnd);
    const [capture, file] = [join(folder, 'hostile.ndjson'), join(folder, 'both.html')];
    const hostile = '<img src=x onerror=document.title=1>-</td></svg><script>document.title=2</script>';
    const payload = JSON.stringify({ function: hostile });
    const lines = (await readFile(day.capture, 'utf8')).trimEnd().split('\n');
    const last = {
      topic: 's2u/cv12345/x',
      payload,
      qos: 1,
      retain: false,
      tst: '2026-11-23T18:00:00.000Z',
      offset_ms: 1e6,
    };
    await writeFile(capture, `${lines.join('\n')}\n${JSON.stringify(last)}\n`);
    await run(day.capture, ...newRules, '--against', capture, '--report', file);
    const browser = await startChromium();
    atEnd(() => browser.close());
    const { page, complaints } = await openFile(browser, file);
    expect(await page.title()).to.equal('capture.ndjson, cvmqtt.json → hostile.ndjson, new-rules.json');
    expect(await page.$eval('p', ({ textContent }) => textContent)).to.contain(
      '12 of 506 messages end otherwise',
    );
    expect(await page.$$eval('svg[role=img]', ({ length }) => length), 'pictures').to.equal(2);
    const rows = await page.$$eval('tbody tr', (found) => found.map(({ textContent }) => textContent));
    expect(rows).to.have.length(12);
    expect(rows.at(-1)).to.contain(hostile);
    expect(await page.$$eval('img, script', ({ length }) => length)).to.equal(0);
    const paint = 'getComputedStyle(document.querySelector("svg .notified")).fill';
    expect(await page.evaluate(paint), 'the style of the pictures applies').to.equal('rgb(10, 117, 105)');
    expect(complaints).to.deep.equal([]);
  });

  it('refuses a target, and input that can be read only once', async () => {
    const refused = await run(day.capture, ...newRules.slice(2), '--to-cvmain', '/tmp');
    expect(refused.code).to.equal(2);
    expect(refused.stderr).to.contain('--against needs a dry run');
    expect((await run('-', ...newRules)).stderr).to.contain('can be read only once');
  });
});
