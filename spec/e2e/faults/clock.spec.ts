import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { layout } from '../../../lib/config/layout.js';
import { endingAfterTest } from '../../rig/at-end.js';
import { type Daemon, type LogEntry, startDaemon } from '../../rig/daemon.js';
import { deadLetters } from '../../rig/dead-letters.js';
import { username } from '../../rig/login.js';
import { measured } from '../../rig/measured.js';
import { startMosquitto } from '../../rig/mosquitto.js';
import { namelessBoots } from '../../rig/nameless-boots.js';
import {
  itWithMosquitto,
  itWithMosquittoAndFaketime,
  itWithMosquittoAndNamespace,
} from '../../rig/programs.js';
import { startServer } from '../../rig/server.js';
import { startUnit, type UnitOptions } from '../../rig/unit.js';
import { startWallClock } from '../../rig/wall-clock.js';

const isExpired = ({ event, reason }: LogEntry): boolean => event === 'settled' && reason === 'expired';

const expired = (daemon: Daemon, nth: number): Promise<LogEntry> =>
  daemon.log.first(`${nth} expired messages`, isExpired, { nth });

/** Waits for this number of messages on the disk, by the log at level debug. */
const spooled = (daemon: Daemon, nth: number): Promise<unknown> =>
  daemon.log.first(`${nth} spooled messages`, ({ message }) => message.endsWith(': spooled'), { nth });

const count = 40;

describe('the clock', () => {
  const atEnd = endingAfterTest();

  async function start(options: Pick<UnitOptions, 'env' | 'settings'> = {}) {
    const broker = await startMosquitto(atEnd);
    const unit = await startUnit(atEnd, {
      brokerUrl: broker.url,
      integrations: ['int1', 'int2'],
      ...options,
      settings: { patience_ms: 100, ...options.settings },
    });
    const server = await startServer(atEnd, broker.url);
    const send = (name: string, body: string, timeout?: number): Promise<void> =>
      server.send(username, { function: name, body, ...(timeout === undefined ? {} : { timeout }) });
    /** Sends this number of messages while cvmain is away, until they are on the disk. */
    const spool = async (daemon: Daemon, timeout?: number): Promise<void> => {
      await unit.cvmain.kill();
      for (let n = 0; n < count; n += 1) await send(`int${(n % 2) + 1}-open`, `${n}`, timeout);
      await spooled(daemon, count);
    };
    const accepted = (): number => unit.cvmain.accepted.entries.length;
    return { ...unit, broker, send, spool, accepted };
  }

  for (const offset of ['+2d', '-1d', '+20000d'])
    itWithMosquittoAndFaketime(
      `is set by ${offset} while messages wait in the spool, over a restart: none expires early`,
      async () => {
        const clock = await startWallClock(atEnd);
        const { connected, cvmain, spool } = await start({
          env: clock.env,
          settings: { spool_max_age_s: 3_600 },
        });
        const daemon = await connected('--log-level', 'debug');
        await spool(daemon, 60_000);
        await clock.set(offset);
        expect(await daemon.stop()).to.include({ code: 0 });
        await cvmain.start();
        const next = await connected();
        await cvmain.accepted.filled('all of them', count);
        expect(await next.stop()).to.include({ code: 0 });
        expect(await next.logged('stopped')).to.include({ notified: count, expired: 0 });
      },
    );

  for (const restarts of [false, true])
    itWithMosquittoAndFaketime(
      `is set back while messages wait in the spool${restarts ? ', over a restart' : ''}: none is delivered late`,
      async () => {
        const clock = await startWallClock(atEnd);
        const { home, connected, cvmain, spool, accepted } = await start({ env: clock.env });
        let daemon = await connected('--log-level', 'debug');
        await spool(daemon, 3_000);
        await clock.set('-1h');
        if (restarts) expect(await daemon.stop()).to.include({ code: 0 });
        // The fault is a duration.
        await setTimeout(3_000);
        await cvmain.start();
        if (restarts) daemon = await connected('--log-level', 'debug');
        await expired(daemon, count);
        expect(await daemon.stop()).to.include({ code: 0 });
        expect(accepted()).to.equal(0);
        for (const letter of await deadLetters(home)) expect(letter).to.include({ reason: 'expired' });
        const took = daemon.log.entries.filter(isExpired).map((line) => Number(line['took_ms']));
        measured(`given up ${Math.min(...took)} to ${Math.max(...took)} ms after their receipt`);
        for (const ms of took) expect(ms).to.be.within(3_000, 20_000);
      },
    );

  for (const offset of ['+365d', '-365d'])
    itWithMosquittoAndFaketime(
      `is set by ${offset} while a message waits for its app: its lifetime is unchanged`,
      async () => {
        const clock = await startWallClock(atEnd);
        const { home, connected, send } = await start({ env: clock.env });
        const daemon = await connected();
        await send('late-open', '', 800);
        await send('int1-open', 'behind it');
        await daemon.logged('settled');
        await clock.set(offset);
        const { took_ms } = await expired(daemon, 1);
        expect(took_ms).to.be.within(800, 5_000);
        const [letter] = await deadLetters(home);
        const waited = Date.parse(letter?.settled_at ?? '') - Date.parse(letter?.received_at ?? '');
        expect(waited).to.be.within(800, 5_000);
        expect(await daemon.stop()).to.include({ code: 0 });
      },
    );

  itWithMosquitto('is not trusted after a reboot: messages with a lifetime expire', async () => {
    // A message of another boot counts from this boot on, which may be days ago.
    const settings = { spool_max_age_s: 31_536_000 };
    const { home, connected, cvmain, spool, send } = await start({ settings });
    const daemon = await connected('--log-level', 'debug');
    await spool(daemon, 60_000);
    await send('int1-open', 'has no lifetime');
    await spooled(daemon, count + 1);
    expect(await daemon.stop()).to.include({ code: 0 });
    // The stored receipts are of another boot.
    const file = join(layout(home).state, 'spool.ndjson');
    const lines = await readFile(file, 'utf8');
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    expect(lines).to.include(boot);
    await writeFile(file, lines.replaceAll(boot, '0b3c7f3e-6f0a-4d0e-9a54-0d6b0f4a8f11'));
    await cvmain.start();
    const next = await connected('--log-level', 'debug');
    await expired(next, count);
    const [{ detail } = { detail: '' }] = await deadLetters(home);
    expect(detail).to.include(
      'received before a reboot, and the clock is not known to have been synchronised',
    );
    expect((await cvmain.accepted.first('the one')).body).to.equal('has no lifetime');
    expect(await next.stop()).to.include({ code: 0 });
    expect(await next.logged('stopped')).to.include({ notified: 1, expired: count });
  });

  for (const { title, synchronised, timeout, afterMs, notified } of [
    { title: 'is right', synchronised: [true, true], timeout: 60_000, afterMs: 0, notified: count },
    {
      title: 'is right, and they are too old',
      synchronised: [true, true],
      timeout: 1_500,
      afterMs: 1_500,
      notified: 0,
    },
    {
      title: 'may be wrong afterwards',
      synchronised: [true, false],
      timeout: 60_000,
      afterMs: 0,
      notified: 0,
    },
    {
      title: 'may have been wrong before',
      synchronised: [false, true],
      timeout: 60_000,
      afterMs: 0,
      notified: 0,
    },
  ] as const)
    itWithMosquittoAndNamespace(
      `${title}, and each start counts as a boot: ${notified} of ${count} messages with a lifetime are delivered`,
      async () => {
        const { home, cvmain, spool } = await start();
        const boot = async (isSynchronised: boolean): Promise<Daemon> => {
          const under = namelessBoots({ synchronised: isSynchronised });
          const daemon = startDaemon(atEnd, home, ['--log-level', 'debug'], {}, under);
          await daemon.logged('subscribed');
          return daemon;
        };
        const [before, after] = synchronised;
        const daemon = await boot(before);
        await spool(daemon, timeout);
        expect(await daemon.stop()).to.include({ code: 0 });
        await setTimeout(afterMs);
        await cvmain.start();
        const next = await boot(after);
        await next.log.first('the last', ({ event }) => event === 'settled', { nth: count });
        expect(await next.stop()).to.include({ code: 0 });
        expect(await next.logged('stopped')).to.include({ notified, expired: count - notified });
      },
    );

  itWithMosquitto('of a lifetime does not restart when the configuration changes', async () => {
    const { home, connected, cvmain, send } = await start();
    const daemon = await connected('--log-level', 'debug');
    await send('late-open', '', 3_000);
    await send('int1-open', 'behind it');
    const behind = await daemon.logged('settled');
    // The fault is a duration: half of its lifetime is over.
    await setTimeout(1_500);
    await writeFile(layout(home).settings, '{"patience_ms":101}');
    daemon.signal('SIGHUP');
    await daemon.logged('connected', 2);
    const { time, took_ms } = await expired(daemon, 1);
    const afterMs = Date.parse(time) - Date.parse(behind.time);
    measured(`given up ${took_ms} ms after its first receipt, good for 3000 ms`);
    // A restarted lifetime would have another 3,000 ms from here on.
    expect(afterMs).to.be.below(4_000);
    expect(took_ms).to.be.within(3_000, 4_000);
    expect(await daemon.stop()).to.include({ code: 0 });
    expect(cvmain.accepted.entries).to.have.length(1);
  });
});
