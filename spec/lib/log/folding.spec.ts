import { expect } from 'chai';
import type { DaemonEvent } from '../../../lib/log/event.js';
import { logger } from '../../../lib/log/logger.js';
import { eventsWith, settlements } from '../../support/events.js';

const events = eventsWith('int1');
const { starting, stopping, stopped, 'log-entries-dropped': dropped, traffic, ...others } = events;
const once = [starting, traffic, stopping, stopped, dropped];
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** A log at level info in virtual time. */
const logInTime = () => {
  const lines: { readonly at: number; readonly event: string; readonly message: string }[] = [];
  const tasks: { readonly at: number; readonly run: () => void }[] = [];
  let time = 0;
  const report = logger({
    level: 'info',
    format: 'json',
    toJournal: false,
    now: () => new Date(time),
    uptime: () => time,
    later: (run, ms) => void tasks.push({ at: time + ms, run }),
    write: (line) => lines.push({ at: time, ...JSON.parse(line) }),
  });
  /** Goes on to a time; timers on the way run at theirs. */
  const until = (at: number): void => {
    for (;;) {
      const [next] = tasks.sort((one, other) => one.at - other.at);
      if (next === undefined || next.at > at) break;
      tasks.shift();
      time = next.at;
      next.run();
    }
    time = at;
  };
  return {
    lines,
    report: (event: DaemonEvent, at: number) => {
      until(at);
      report(event);
    },
    until,
  };
};

describe('a log of what repeats', () => {
  it('writes a line an hour about a broker that is away for a day, and first about its return', () => {
    const { lines, report } = logInTime();
    for (let at = 0; at < 24 * hourMs; at += 45_000) report(others.disconnected, at);
    const outage = lines.length;
    expect(outage).to.be.within(5 + 24, 5 + 28);
    report(others.connected, 24 * hourMs);
    expect(lines.slice(outage).map(({ event }) => event)).to.deep.equal(['disconnected', 'connected']);
    expect(lines[outage]?.message).to.match(/^\d+ more like this in the last \d+ min, the latest: /);
    report(others.disconnected, 24 * hourMs + 1);
    expect(lines.at(-1)?.message).to.match(/^the connection to the broker was lost/);
  });

  for (const [name, event] of Object.entries(others))
    it(`writes few lines when it comes each second for an hour: ${name}`, () => {
      const { lines, report, until } = logInTime();
      for (let at = 0; at < hourMs; at += 1_000) report(event, at);
      until(3 * hourMs);
      expect(lines.length).to.be.within(2, 71);
      const counted = lines.map(({ message }) => Number(/^(\d+) more/.exec(message)?.[1] ?? 1));
      expect(counted.reduce((sum, each) => sum + each)).to.equal(3_600);
    });

  for (const event of once)
    it(`writes each, as it can't repeat endlessly: ${event.kind}`, () => {
      const { lines, report } = logInTime();
      for (let n = 0; n < 50; n += 1) report(event, n);
      expect(lines).to.have.length(50);
    });

  it('writes few lines about a connection that is lost again and again, the last event last', () => {
    const { lines, report, until } = logInTime();
    for (let at = 0; at < hourMs; at += 20_000) {
      report(others.disconnected, at);
      report(others.connected, at + 1_000);
      report(others.subscribed, at + 2_000);
    }
    until(3 * hourMs);
    expect(lines.length).to.be.below(30 + 3 * 60);
    expect(lines.filter(({ event }) => event !== 'subscribed').at(-1)?.event).to.equal('connected');
  });

  it('writes few lines about messages for thousands of apps that are not registered, and finds no nearest name for the others', () => {
    const { lines, report, until } = logInTime();
    const { message } = others.held;
    let looked = 0;
    const integrations = new Map([['lockers', { name: 'lockers' }]]);
    const keys = integrations.keys.bind(integrations);
    integrations.keys = () => {
      looked += 1;
      return keys();
    };
    for (let n = 0; n < 10_000; n += 1)
      report({ ...others.held, message: { ...message, integration: `locker${n}` }, integrations }, n / 1_000);
    until(hourMs);
    expect(lines.length).to.be.below(12);
    expect(looked).to.be.below(50);
    expect(lines[0]?.message).to.match(
      /^"locker0" is not registered; the nearest registered name is "lockers": /,
    );
  });

  it('tells one trouble of the disk from another', () => {
    const { lines, report } = logInTime();
    for (let at = 0; at < 60; at += 1) report({ kind: 'spool-broken', detail: 'ENOSPC' }, at);
    report({ kind: 'spool-broken', detail: 'EIO' }, 60);
    expect(lines.at(-1)?.message).to.equal('the spool: EIO');
  });

  it('shows how many dead letters of an app have a reason, each minute', () => {
    const { lines, report, until } = logInTime();
    const { letter } = settlements('int1');
    for (let at = 0; at < 90_000; at += 1_000) report({ kind: 'settled', settlement: letter }, at);
    until(hourMs);
    expect(lines.map(({ at, message }) => [at, message])).to.deep.equal([
      [0, 'int1: unregistered: int1'],
      [60_000, '59 more like this in the last minute, the latest: int1: unregistered: int1'],
      [121_000, '30 more like this in the last minute, the latest: int1: unregistered: int1'],
    ]);
  });
});
