import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { endingAfterTest, temporaryDirectory } from '../../rig/at-end.js';
import { deadLetters } from '../../rig/dead-letters.js';
import { username } from '../../rig/login.js';
import { startMosquitto } from '../../rig/mosquitto.js';
import { packetIds } from '../../rig/passed.js';
import { itWithMosquitto, itWithMosquittoAndDisk } from '../../rig/programs.js';
import { startServer } from '../../rig/server.js';
import { mountSmallDisk } from '../../rig/small-disk.js';
import { startUnit } from '../../rig/unit.js';
import { tapWire } from '../../rig/wire-tap.js';

const file = 'dead-letters.ndjson';

describe('the disk under the dead letters', () => {
  const atEnd = endingAfterTest();

  async function start(stateDirectory: string) {
    const broker = await startMosquitto(atEnd);
    const tap = await tapWire(atEnd, broker.port);
    const unit = await startUnit(atEnd, { brokerUrl: tap.url, integrations: ['int1'] });
    const daemon = await unit.connected('--state-dir', stateDirectory, '--log-level', 'debug');
    const server = await startServer(atEnd, broker.url);
    let received = 0;
    /** Sends a message that becomes a dead letter, and a valid one. */
    const sendBoth = async (body: string): Promise<void> => {
      await server.send(username, { function: 'no-such', body, timeout: 1 });
      await server.send(username, { function: 'int1-open', body });
      await unit.received.filled('the valid message', ++received);
      await daemon.logged('settled', 2 * received);
    };
    /** Ends the daemon: everything is acknowledged, and this number of dead letters is reported as lost. */
    const stopped = async (lost: number): Promise<void> => {
      expect(await daemon.stop()).to.include({ code: 0 });
      expect(packetIds(tap, 'puback')).to.deep.equal(packetIds(tap, 'publish'));
      expect(daemon.count('dead-letter-lost')).to.equal(lost);
      expect(await daemon.logged('stopped')).to.include({
        dead_letters_lost: lost,
        expired: received,
        notified: received,
      });
    };
    const letters = () => deadLetters(unit.home, stateDirectory);
    return { daemon, sendBoth, stopped, letters };
  }

  itWithMosquittoAndDisk('is full: the loss is logged and counted, and the next one is stored', async () => {
    const disk = await mountSmallDisk(atEnd);
    const { daemon, sendBoth, stopped, letters } = await start(disk.directory);
    await sendBoth('before');
    await disk.fill();
    // Longer than the rest of the file's last page: a part of it may be written.
    await sendBoth('lost'.repeat(2_000));
    const loss = await daemon.logged('dead-letter-lost');
    expect(loss).to.include({ level: 'error', name: 'no-such', reason: 'expired', qos: 1 });
    expect(loss.message).to.contain('ENOSPC');
    await disk.empty();
    await sendBoth('after');
    await stopped(1);
    const stored = (await letters()).map(({ payload }) => /"body":"(\w+)"/.exec(payload ?? '')?.[1]);
    expect(stored).to.deep.equal(['before', 'after']);
  });

  itWithMosquittoAndDisk('is read-only: the loss is logged and counted', async () => {
    const disk = await mountSmallDisk(atEnd);
    await disk.makeReadOnly();
    const { daemon, sendBoth, stopped } = await start(disk.directory);
    await sendBoth('one');
    expect((await daemon.logged('dead-letter-lost')).message).to.contain('EROFS');
    await sendBoth('two');
    await stopped(2);
  });

  itWithMosquittoAndDisk('has no room, from the start: the loss is logged and counted', async () => {
    const disk = await mountSmallDisk(atEnd);
    await disk.fill();
    const { daemon, sendBoth, stopped } = await start(disk.directory);
    await sendBoth('one');
    expect((await daemon.logged('dead-letter-lost')).message).to.contain('ENOSPC');
    await stopped(1);
  });

  itWithMosquitto(
    'has a last line torn by a power cut: the daemon terminates it at the start, and no other line is lost',
    async () => {
      const directory = await temporaryDirectory(atEnd);
      const whole = '{"reason":"refused","attempts":1,"topic":"of before"}';
      const torn = `${whole}\n{"reason":"refu`;
      await writeFile(join(directory, file), torn);
      const { sendBoth, stopped, letters } = await start(directory);
      const read = (): Promise<string> => readFile(join(directory, file), 'utf8');
      expect(await read()).to.equal(`${torn}\n`);
      await sendBoth('one');
      await sendBoth('two');
      await stopped(0);
      expect((await letters()).map(({ reason }) => reason)).to.deep.equal(['refused', 'expired', 'expired']);
      expect((await read()).split('\n')).to.have.length(5);
    },
  );
});
