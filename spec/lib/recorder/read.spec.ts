import { expect } from 'chai';
import fc from 'fast-check';
import { lineReader } from '../../../lib/capture/ndjson.js';
import { headerLine, setLine } from '../../../lib/capture/write-line.js';
import { chosen } from '../../../lib/recorder/choose.js';
import { arrivedLine, calledLine, eventLine, settledLine } from '../../../lib/recorder/lines.js';
import { readRecording } from '../../../lib/recorder/read.js';
import { recordingLines, recordingSummary } from '../../../lib/recorder/show.js';
import type { Run } from '../../../lib/report/run.js';
import { decode } from '../../../lib/rules/message/decode.js';
import { topicFilter } from '../../../lib/rules/message/topic-filter.js';
import type { Settlement } from '../../../lib/rules/settlement.js';
import { rightOf } from '../../support/either.js';
import { publishOf, registered } from '../../support/shorthand.js';

const header = (startedAt = 1_000, uptimeMs?: number) =>
  headerLine({
    startedAt,
    filters: ['s2u/cv1/#'],
    broker: 'mqtt://b',
    mqttVersion: '5',
    clientId: '',
    ...(uptimeMs === undefined ? {} : { uptime: { boot: '1b4e28ba', ms: uptimeMs } }),
  });

const decodeRules = { nameFrom: 'auto', filters: [topicFilter('s2u/cv12345/#')] } as const;

const messageOf = (seq: number, name: string) => rightOf(decode(decodeRules)(publishOf(seq, name)));

const notified = (seq: number, name = 'int1-open'): Settlement => {
  const message = messageOf(seq, name);
  return { kind: 'notified', publish: message.publish, message, attempts: 1, tookMs: 0 };
};

const notifier = { kind: 'notifier' } as const;

/** A message: `int1-open 5 → notified 9`. */
const shown = ({ messages }: Run): readonly string[] =>
  messages.map(
    ({ at, name, result }) => `${name ?? '?'} ${at} → ${result?.kind ?? 'open'} ${result?.at ?? ''}`,
  );

const example = [
  header(),
  setLine({ kind: 'set', offsetMs: 0, integrations: registered(['int1']) }),
  arrivedLine(publishOf(1, 'int1-open'), 5, 'full'),
  calledLine(messageOf(1, 'int1-open'), 8, notifier, { kind: 'failed', detail: 'busy' }, 2),
  calledLine(messageOf(1, 'int1-open'), 9, notifier, { kind: 'accepted' }, 1),
  settledLine(notified(1), 9),
  eventLine('disconnected', 'the connection ended', 20),
  arrivedLine(publishOf(2, 'int1-close'), 30, 'full'),
];

describe('the flight recorder', () => {
  it('skips what a newer version recorded and says so, until this version goes on in the same file', () => {
    const newer = example.map((line) => line.replace('"cvmqtt_capture":1', '"cvmqtt_capture":2'));
    const only = readRecording([newer.join('\n')]);
    expect([only.run.messages, only.events]).to.deep.equal([[], []]);
    expect(recordingSummary(only)).to.equal(
      '0 messages in 0 ms; 1 line skipped: has format 2, and this version of cvmqtt reads format 1: a newer version wrote it',
    );
    const both = readRecording([[...newer, ...example].join('\n')]);
    expect(shown(both.run)).to.deep.equal(['int1-open 5 → notified 9', '? 30 → open ']);
    expect(recordingSummary(chosen(both, { message: 'int1' }))).to.match(/^1 message .*; 1 line skipped/);
  });

  it('reads back as what happened: arrival, calls, end, sets and events', () => {
    const { run, events } = readRecording([example.join('\n')]);
    expect(shown(run)).to.deep.equal(['int1-open 5 → notified 9', '? 30 → open ']);
    expect(run.messages[0]?.calls).to.deep.equal([
      { target: 'notifier', at: 6, endedAt: 8, outcome: 'failed', detail: 'busy' },
      { target: 'notifier', at: 8, endedAt: 9, outcome: 'accepted' },
    ]);
    expect(run.sets).to.deep.equal([{ at: 0, names: ['int1'] }]);
    expect(events).to.deep.equal([{ at: 20, message: 'the connection ended' }]);
    expect(run).to.include({ startedAt: 1_000, durationMs: 30, calls: 'made' });
  });

  it('reads what is whole, wherever it is torn', () => {
    const text = example.join('\n');
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(text.length), (one, other) => {
        const { run } = readRecording([text.slice(Math.min(one, other), Math.max(one, other))]);
        expect(run.messages.length).to.be.at.most(3);
      }),
    );
    const { run } = readRecording([
      `${text}\n{"offset_ms":31,"settled":{"seq":2,"end":"not`,
      example.slice(0, 1).join('\n'),
    ]);
    expect(shown(run)).to.deep.equal(['int1-open 5 → notified 9', '? 30 → open ']);
  });

  it('joins a message from the spool to its arrival, by topic and time of receipt', () => {
    const message = messageOf(1, 'int1-open');
    const spooled: Settlement = {
      kind: 'spooled',
      publish: message.publish,
      message,
      attempts: 0,
      tookMs: 0,
    };
    const again = { ...message.publish, seq: -7 };
    const { run } = readRecording([
      [
        header(),
        arrivedLine(message.publish, 5, 'full'),
        settledLine(spooled, 6),
        calledLine({ ...message, publish: again }, 50, notifier, { kind: 'accepted' }, 3),
        settledLine({ ...notified(1), publish: again }, 51),
      ].join('\n'),
    ]);
    expect(shown(run)).to.deep.equal(['int1-open 5 → notified 51']);
    expect(run.messages[0]?.calls).to.have.length(1);
  });

  it('tells spooled messages of the same topic and millisecond apart', () => {
    const numbered = (seq: number, name: string) => ({
      ...messageOf(1, name),
      publish: { ...publishOf(1, 'any'), seq },
    });
    const arrived = (seq: number): string => arrivedLine(numbered(seq, 'any-x').publish, seq, 'full');
    const spooled = (seq: number, name: string): string => {
      const message = numbered(seq, name);
      const { publish } = message;
      return settledLine({ kind: 'spooled', publish, message, attempts: 0, tookMs: 0 }, 6);
    };
    const settled = (seq: number, name: string, at: number): string => {
      const message = numbered(seq, name);
      return settledLine({ ...notified(1), publish: message.publish, message }, at);
    };
    const { run } = readRecording([
      [
        header(),
        ...[1, 2, 3].map(arrived),
        spooled(1, 'int1-a'),
        spooled(2, 'int2-b'),
        spooled(3, 'int2-b'),
        calledLine(numbered(-2, 'int2-b'), 20, notifier, { kind: 'accepted' }, 1),
        calledLine(numbered(-1, 'int1-a'), 21, notifier, { kind: 'accepted' }, 1),
        settled(-2, 'int2-b', 22),
        settled(-1, 'int1-a', 23),
        settled(-3, 'int2-b', 24),
      ].join('\n'),
    ]);
    expect(shown(run)).to.deep.equal([
      'int1-a 1 → notified 23',
      'int2-b 2 → notified 22',
      'int2-b 3 → notified 24',
    ]);
  });

  it('has the lifetime that MQTT gives a message', () => {
    const line = arrivedLine({ ...publishOf(1, 'int1-open'), expiresInMs: 2_000 }, 5, 'full');
    const record = lineReader()(line);
    expect(record?.kind === 'publish' && record.publish.expiresInMs).to.equal(2_000);
  });

  it('is not replayed without the whole payload, as its end may be another one', () => {
    const publish = { ...publishOf(1, 'int1-open'), payload: { text: 'x'.repeat(70_000) } };
    const line = arrivedLine(publish, 5, 'full');
    expect(lineReader()(line)).to.deep.include({ kind: 'broken', line: 1 });
    expect(lineReader(true)(line)).to.deep.include({ kind: 'publish' });
  });

  it('places what follows a step of the clock by the uptime, and shows times by the latest clock', () => {
    const { run } = readRecording([
      [
        header(0, 100),
        arrivedLine(publishOf(1, 'int1-open'), 5, 'full'),
        header(1_795_427_463_694, 10_100),
        settledLine(notified(1), 7),
      ].join('\n'),
    ]);
    expect(shown(run)).to.deep.equal(['int1-open 5 → notified 10007']);
    expect(run.startedAt).to.equal(1_795_427_453_694);
  });

  it('is not misled by a time that no clock has', () => {
    for (const time of ['1e300', '1e999', '-1', '"5"']) {
      const recording = readRecording([
        [...example, `{"offset_ms":${time},"event":"x","message":"y"}`].join('\n'),
      ]);
      expect(recording.run).to.include({ durationMs: 30, skippedLines: 0 });
      expect(recording.events).to.have.length(1);
    }
  });

  it('does not mix the messages of two processes, which both number from 1', () => {
    const { run } = readRecording([
      [header(), arrivedLine(publishOf(1, 'int1-open'), 5, 'full')].join('\n'),
      [
        header(9_000),
        eventLine('starting', 'starts', 0),
        arrivedLine(publishOf(1, 'int1-open'), 5, 'full'),
        settledLine(notified(1), 6),
      ].join('\n'),
    ]);
    expect(shown(run)).to.deep.equal(['? 5 → open ', 'int1-open 8005 → notified 8006']);
  });

  it('keeps no more of payloads than asked for', () => {
    const publish = { ...publishOf(1, 'int1-open'), payload: { text: 'secret'.repeat(100) } };
    expect(arrivedLine(publish, 0, 'none'))
      .to.contain('"payloadlen":600')
      .and.not.to.contain('secret');
    expect(arrivedLine(publish, 0, 'excerpt').split('secret')).to.have.length(34);
    expect(arrivedLine(publish, 0, 'full').split('secret')).to.have.length(101);
  });

  it('shows the last part alone, with the set and the messages that it begins with', () => {
    const recording = readRecording([example.join('\n')]);
    const { run } = chosen(recording, { lastMs: 22 });
    // It was received before the last 22 ms, and waited as long as it did.
    expect(shown(run)).to.deep.equal(['int1-open 0 → notified 4', '? 25 → open ']);
    expect(run.sets).to.deep.equal([{ at: 0, names: ['int1'] }]);
    expect(run.startedAt).to.equal(1_005);
    expect(shown(chosen(recording, { message: 'int1' }).run)).to.deep.equal(['int1-open 5 → notified 9']);
  });

  it('names the day of each line if there are several', () => {
    const plain = (text: string): string => text;
    const style = { good: plain, bad: plain, faint: plain };
    const lines = recordingLines(
      readRecording([[header(), eventLine('a', 'one', 0), eventLine('b', 'two', 86_400_000)].join('\n')]),
      style,
    );
    expect(lines).to.deep.equal(['1970-01-01 00:00:01.000  one', '1970-01-02 00:00:01.000  two']);
  });

  it('is lines of text in order of time, with failed calls', () => {
    const plain = (text: string): string => text;
    const style = { good: plain, bad: plain, faint: plain };
    expect(recordingLines(readRecording([example.join('\n')]), style)).to.deep.equal([
      '00:00:01.000  registered: int1',
      '00:00:01.005  int1-open                      notified, after 4 ms; 1 failed call: failed after 2 ms: busy',
      '00:00:01.020  the connection ended',
      `00:00:01.030  ${'s2u/cv12345/int1-close'.padEnd(30)} not settled`,
    ]);
  });
});
