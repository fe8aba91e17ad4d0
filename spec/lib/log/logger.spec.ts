import { expect } from 'chai';
import fc from 'fast-check';
import type { DaemonEvent } from '../../../lib/log/event.js';
import { type LoggerOptions, logger } from '../../../lib/log/logger.js';
import { type Level, levels } from '../../../lib/log/record.js';
import { eventsWith, settlements } from '../../support/events.js';
import { hostileText, steering } from '../../support/hostile-text.js';

/** The lines that are written for these events. */
const linesOf = (options: Partial<LoggerOptions>, ...events: readonly DaemonEvent[]): readonly string[] => {
  const lines: string[] = [];
  const report = logger({
    level: 'debug',
    format: 'text',
    toJournal: false,
    now: () => new Date(Date.UTC(2024, 1, 29, 12, 34, 56, 7)),
    uptime: () => 0,
    later: () => undefined,
    write: (line) => lines.push(line),
    ...options,
  });
  for (const event of events) report(event);
  return lines;
};

const { stopping, 'cvmain-away': away, ...others } = eventsWith('int1');
const letter: DaemonEvent = { kind: 'settled', settlement: settlements('int1-open').letter };
const notified: DaemonEvent = { kind: 'settled', settlement: settlements('int1-open').notified };

describe('logger', () => {
  it('writes text for people: time, level, message, and the key of a message', () => {
    expect(linesOf({}, stopping, away, others['dead-letter-lost'], notified)).to.deep.equal([
      '12:34:56.007 info  stopping: finishing calls in flight; other messages stay with the broker',
      '12:34:56.007 warn  cvmain does not answer on int1; messages wait for it',
      '12:34:56.007 error a dead letter could not be stored: int1 [e31c6d31abf1]',
      '12:34:56.007 debug int1-open: notified [2e2a59c94a85]',
    ]);
  });

  it('writes JSON for programs', () => {
    const [line = ''] = linesOf({ format: 'json' }, others['window-full']);
    expect(JSON.parse(line)).to.deep.equal({
      time: '2024-02-29T12:34:56.007Z',
      level: 'warn',
      event: 'window-full',
      message:
        'the window is full: 257 messages, 1024 bytes unacknowledged; disconnecting until they are settled',
      messages: 257,
      bytes: 1_024,
    });
  });

  it('adds the fields of the event to the JSON', () => {
    const [line = ''] = linesOf({ format: 'json' }, others.disconnected);
    expect(JSON.parse(line)).to.include({ event: 'disconnected', reason: 'lost', wait_ms: 1_250 });
  });

  it('begins each line with its priority if it goes to the journal, sums too', () => {
    const lines = linesOf({ level: 'info', toJournal: true }, stopping, letter, letter, others.stopped);
    expect(lines.map((line) => line.slice(0, 3))).to.deep.equal(['<6>', '<4>', '<4>', '<6>']);
    const [line = ''] = linesOf({ format: 'json', toJournal: true }, others['dead-letter-lost']);
    expect(line.slice(0, 4)).to.equal('<3>{');
  });

  const loud: readonly [Level, readonly Level[]][] = [
    ['error', ['error']],
    ['warn', ['error', 'warn']],
    ['info', ['error', 'warn', 'info']],
    ['debug', ['error', 'warn', 'info', 'debug']],
  ];
  for (const [level, written] of loud) {
    it(`writes ${written.join(', ')} at level ${level}`, () => {
      const lines = linesOf({ level }, others['dead-letter-lost'], away, stopping, notified);
      expect(lines.map((line) => line.split(/ +/)[1])).to.deep.equal(written);
    });
  }

  it('has these levels only', () => {
    expect(loud.map(([level]) => level)).to.deep.equal([...levels]);
  });

  for (const format of ['text', 'json'] as const) {
    it(`writes one escaped line of bounded length, whatever an event holds: ${format}`, () => {
      fc.assert(
        fc.property(hostileText, (text) => {
          const all = Object.values(eventsWith(text));
          const lines = linesOf({ format }, ...all);
          expect(lines).to.have.length(all.length);
          for (const line of lines) expect(steering(line)).to.deep.equal([]);
          const messages = lines.map((line) => (format === 'json' ? JSON.parse(line).message : line));
          for (const message of messages) expect(message).to.have.length.below(20 + 6 * 401);
        }),
      );
    });
  }
});
