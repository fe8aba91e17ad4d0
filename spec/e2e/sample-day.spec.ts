import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { openCapture } from '../../lib/capture/open.js';
import type { CapturedSet, CaptureRecord } from '../../lib/capture/record.js';
import { publishLine, setLine } from '../../lib/capture/write-line.js';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { startCvmqtt } from '../rig/daemon.js';
import { documented, shown } from '../rig/documented.js';
import { startRig } from '../rig/rig.js';
import {
  byIntegration,
  counts,
  day,
  logged,
  type MessageResult,
  resultsIn,
  sequences,
} from '../rig/sample-day.js';
import { allOf } from '../support/captures.js';

/** Tolerance between two clocks, ms. */
const marginMs = 200;

describe('the sample day', () => {
  const atEnd = endingAfterTest();

  const replayed = async (...options: readonly string[]): Promise<readonly MessageResult[]> => {
    const child = startCvmqtt(atEnd, ['replay', day.capture, '--json', ...options]);
    expect(await child.exited, child.output().stderr).to.deep.equal({ code: 0, signal: null });
    return resultsIn(child.output().stdout);
  };

  const records = (): Promise<readonly CaptureRecord[]> => allOf(openCapture(day.capture));

  /** Number of messages of an integration by result. */
  const countsOf = (
    results: readonly MessageResult[],
    integration: string,
  ): Readonly<Record<string, number>> => counts(byIntegration(results)[integration] ?? []);

  it('contains an incident', () => {
    expect(logged().length).to.be.within(300, 1_000);
    expect(countsOf(logged(), 'lockers')).to.include.all.keys('notified', 'unregistered', 'expired');
    expect(counts(logged())).to.include.all.keys(
      ...['undecodable', 'malformed-name', 'reserved-name', 'too-large'],
    );
  });

  it('replays to what the daemon logged live: each result, in order for each integration', async () => {
    const results = await replayed('--settings', day.settings);
    expect(sequences(results)).to.deep.equal(sequences(logged()));
    expect(counts(results)).to.deep.equal(counts(logged()));
  });

  it('replays to the time that each message took, without the calls to cvmain', async () => {
    const [then, now] = [byIntegration(logged()), byIntegration(await replayed('--settings', day.settings))];
    for (const [integration, results] of Object.entries(now)) {
      for (const [at, { name, tookMs }] of results.entries()) {
        expect(then[integration]?.[at]?.tookMs, name).to.be.within(tookMs - marginMs, tookMs + marginMs);
      }
    }
  });

  for (const shiftMs of [-marginMs, marginMs]) {
    it(`does not depend on a clock: the results are the same if each change of the set comes ${shiftMs} ms later`, async () => {
      const sets = (await records()).filter((record): record is CapturedSet => record.kind === 'set');
      const shifted = sets.map((set, at) => ({ ...set, offsetMs: at === 0 ? 0 : set.offsetMs + shiftMs }));
      const timeline = join(await temporaryDirectory(atEnd), 'timeline.ndjson');
      await writeFile(timeline, shifted.map((set) => `${setLine(set)}\n`).join(''));
      const results = await replayed('--settings', day.settings, '--integrations', timeline);
      expect(sequences(results)).to.deep.equal(sequences(logged()));
    });
  }

  it('gives other results with the new rules', async () => {
    const results = await replayed('--settings', day.newRules);
    expect(countsOf(logged(), 'vg:upgrader')).to.have.all.keys('reserved-name');
    expect(countsOf(results, 'vg:upgrader')).to.have.all.keys('notified');
    const lockers = [logged(), results].map((each) => countsOf(each, 'lockers'));
    expect(lockers[1]).to.have.all.keys('notified', 'expired');
    expect(lockers[1]?.['expired']).to.equal(lockers[0]?.['expired']);
  });

  it('loses nothing for the lockers if they don’t crash', async () => {
    const results = await replayed('--settings', day.settings, '--integrations', day.alwaysRegistered);
    const { lockers, ...others } = sequences(results);
    const { lockers: crashed, ...othersThen } = sequences(logged());
    expect(lockers).to.deep.equal(crashed?.map((line) => line.replace(/: \S+$/, ': notified')));
    expect(others).to.deep.equal(othersThen);
  });

  for (const page of ['samples/README.md', 'README.md']) {
    it(`is what ${page} shows`, async () => {
      const unit = await startRig(atEnd, {
        brokerUrl: 'mqtt://127.0.0.1:9',
        integrations: ['lockers', 'labels'],
      });
      const commands = documented(`../${page}`).filter(({ args: [command] }) => command !== 'run');
      expect(commands.length).to.be.above(2);
      for (const { args, output } of commands) {
        const child = startCvmqtt(
          atEnd,
          args.map((arg) => (arg === 'my-unit' ? unit.home : arg)),
        );
        await child.exited;
        const { stdout, stderr } = child.output();
        expect(`${stdout}${stderr}`).to.match(shown(output));
      }
    });
  }

  it('is unchanged when read and written', async () => {
    const [header = '', ...lines] = (await readFile(day.capture, 'utf8')).trimEnd().split('\n');
    expect(JSON.parse(header)).to.include({ cvmqtt_capture: 1, mqtt_version: '3.1.1' });
    const written = (await records()).flatMap((record) => {
      if (record.kind === 'publish') return [publishLine(record)];
      return record.kind === 'set' ? [setLine(record)] : [];
    });
    expect(written).to.deep.equal(lines);
  });
});
