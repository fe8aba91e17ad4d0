import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { VirtualTimeScheduler } from 'rxjs';
import type { Pulse } from '../../../lib/status/progress.js';
import { notifySystemd } from '../../../streams/programs/notify-systemd.js';

const still: Pulse = {
  at: 0,
  stopping: false,
  lanes: [],
  cvmainServes: true,
  calls: 0,
  oldest: 1,
  session: { phase: 'connected', steps: 2 },
  slowestMs: 5_000,
};

/** A notifier in virtual time; `after` runs it for some ms, with what it sends. */
const world = (watchdogMs: number | undefined) => {
  const scheduler = new VirtualTimeScheduler(undefined, 0);
  const sent: (readonly [number, readonly string[]])[] = [];
  const said: string[] = [];
  const open: ((result: E.Either<string, void>) => void)[] = [];
  const notifier = notifySystemd({
    send: (assignments) => {
      sent.push([scheduler.now(), assignments]);
      return new Promise((resolve) => open.push(resolve));
    },
    watchdogMs,
    scheduler,
    broken: (detail) => said.push(`broken: ${detail}`),
    stuck: (what) => said.push(`stuck: ${what}`),
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const answer = async (result: E.Either<string, void>) => {
    open.shift()?.(result);
    await settle();
  };
  /** Runs to a time; each message is sent at once. */
  const until = async (ms: number) => {
    for (let at = scheduler.now(); at <= ms; at += 500) {
      scheduler.maxFrames = at;
      scheduler.flush();
      scheduler.frame = at;
      while (open.length > 0) await answer(E.right(undefined));
    }
  };
  const times = (assignment: string) =>
    sent.filter(([, assignments]) => assignments.includes(assignment)).map(([at]) => at);
  return { notifier, sent, said, open, answer, until, times };
};

describe('notifying systemd', () => {
  it('is ready when subscribed', async () => {
    const { notifier, until, times } = world(undefined);
    await until(3_000);
    notifier.report({ kind: 'subscribed', filters: [] });
    await until(100_000);
    notifier.report({ kind: 'subscribed', filters: [] });
    await until(101_000);
    expect(times('READY=1')).to.deep.equal([3_000]);
  });

  it('is ready after 30 s at the latest, as the boot waits for it', async () => {
    const { until, times } = world(undefined);
    await until(29_500);
    expect(times('READY=1')).to.deep.equal([]);
    await until(90_000);
    expect(times('READY=1')).to.deep.equal([30_000]);
  });

  it('sends one message at a time, and what comes meanwhile as one, with the newest values', async () => {
    const { notifier, sent, answer, until } = world(undefined);
    await until(1_000);
    notifier.status('waiting for cvmain');
    notifier.status('waiting for broker');
    notifier.status('subscribed');
    notifier.report({ kind: 'subscribed', filters: [] });
    expect(sent).to.have.length(1);
    await answer(E.right(undefined));
    expect(sent.map(([, each]) => each)).to.deep.equal([
      ['STATUS=waiting for cvmain'],
      ['STATUS=subscribed', 'READY=1'],
    ]);
  });

  it('sends no status in the first second, unless it is ready', async () => {
    const { notifier, sent, until } = world(undefined);
    notifier.status('waiting for cvmain');
    await until(500);
    expect(sent).to.deep.equal([]);
    await until(1_000);
    expect(sent).to.deep.equal([[1_000, ['STATUS=waiting for cvmain']]]);
    const normal = world(undefined);
    normal.notifier.status('waiting for cvmain');
    await normal.until(500);
    normal.notifier.report({ kind: 'subscribed', filters: [] });
    normal.notifier.status('subscribed');
    await normal.until(2_000);
    expect(normal.sent).to.deep.equal([[500, ['STATUS=subscribed', 'READY=1']]]);
  });

  it('sends a status once, escaped and cut', async () => {
    const { notifier, sent, until } = world(undefined);
    await until(1_000);
    notifier.status('a\nREADY=1');
    notifier.status('a\nREADY=1');
    await until(1_500);
    notifier.status('b'.repeat(1_000));
    await until(2_000);
    expect(sent.map(([, each]) => each[0]?.length)).to.deep.equal([21, 208]);
    expect(sent[0]?.[1]).to.deep.equal(['STATUS=a\\u000aREADY=1']);
  });

  it('sends again what could not be sent, and says that once', async () => {
    const { notifier, sent, said, answer, until } = world(undefined);
    notifier.report({ kind: 'subscribed', filters: [] });
    await answer(E.left('ENOENT'));
    notifier.status('waiting for broker');
    await answer(E.left('ENOENT'));
    expect(said).to.deep.equal(['broken: ENOENT']);
    await until(60_000);
    expect(sent.map(([, each]) => [...each].sort())).to.deep.equal([
      ['READY=1', 'STATUS=subscribed'],
      ['READY=1', 'STATUS=waiting for broker'],
      ['READY=1', 'STATUS=waiting for broker'],
    ]);
  });

  it('pings four times in the time of the watchdog, and not at all without one', async () => {
    const { until, times } = world(300_000);
    await until(300_000);
    expect(times('WATCHDOG=1')).to.deep.equal([75_000, 150_000, 225_000, 300_000]);
    const without = world(undefined);
    await without.until(300_000);
    expect(without.times('WATCHDOG=1')).to.deep.equal([]);
  });

  it('does not ping while something is stuck, and does when it moves', async () => {
    const { notifier, said, until, times } = world(300_000);
    let pulse = still;
    notifier.follow(() => pulse);
    await until(900_000);
    // The first check at 75 s saw it; 305 s later it is stuck.
    expect(times('WATCHDOG=1').at(-1)).to.equal(375_000);
    expect(said).to.deep.equal(['stuck: the acknowledgements']);
    pulse = { ...still, oldest: 2 };
    await until(1_000_000);
    expect(times('WATCHDOG=1').at(-1)).to.equal(975_000);
  });

  it('sends nothing after it was closed, which waits for the message under way', async () => {
    const { notifier, sent, answer, until } = world(300_000);
    notifier.report({ kind: 'stopping' });
    let isClosed = false;
    const closing = notifier.close().then(() => {
      isClosed = true;
    });
    await until(0).then(() => undefined);
    await answer(E.right(undefined));
    await closing;
    await until(600_000);
    expect(isClosed).to.equal(true);
    expect(sent.map(([, each]) => each)).to.deep.equal([['STOPPING=1']]);
  });
});
