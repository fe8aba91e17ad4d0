import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { endingAfterTest } from '../../rig/at-end.js';
import { keepLedger } from '../../rig/ledger.js';
import { username } from '../../rig/login.js';
import { startMosquitto } from '../../rig/mosquitto.js';
import { startSender } from '../../rig/orders.js';
import { nextPing } from '../../rig/passed.js';
import { itWithMosquitto } from '../../rig/programs.js';
import { startServer } from '../../rig/server.js';
import { startUnit } from '../../rig/unit.js';
import { tapWire } from '../../rig/wire-tap.js';

const names = Array.from({ length: 10 }, (_, at) => `int${at}`);

/** Everything below a directory, with its size and time. */
const filesBelow = async (directory: string): Promise<readonly string[]> => {
  const found = await readdir(directory, { recursive: true });
  const statOf = async (name: string): Promise<string> => {
    const { size, mtimeNs, ino } = await stat(join(directory, name), { bigint: true });
    return `${name} ${ino} ${size} ${mtimeNs}`;
  };
  return Promise.all(found.sort().map(statOf));
};

/** Bytes that a process has written to disks; undefined if the system does not say. */
const bytesWritten = async (pid: number): Promise<string | undefined> => {
  const file = `/proc/${pid}/io`;
  return existsSync(file) ? /^write_bytes: (\d+)$/m.exec(await readFile(file, 'utf8'))?.[1] : undefined;
};

describe('the disk, while all goes well,', () => {
  const atEnd = endingAfterTest();

  itWithMosquitto('is not written to: 1,000 messages are notified without a byte', async () => {
    const broker = await startMosquitto(atEnd);
    const tap = await tapWire(atEnd, broker.port);
    const ledger = keepLedger(tap);
    const settings = { keepalive_s: 4 };
    const unit = await startUnit(atEnd, { brokerUrl: tap.url, integrations: names, settings });
    const daemon = await unit.connected();
    const messageNames = names.map((name) => `${name}-do`);
    const sender = await startSender(atEnd, broker.url, messageNames);
    await sender.send(names.length);
    await ledger.acknowledged.filled('the first messages', names.length);

    const before = [await filesBelow(unit.home), await bytesWritten(daemon.pid)];
    await sender.send(1_000);
    await ledger.acknowledged.filled('acknowledged messages', 1_000 + names.length);
    await nextPing(tap);
    expect([await filesBelow(unit.home), await bytesWritten(daemon.pid)]).to.deep.equal(before);

    // A control: a dead letter is written.
    await (await startServer(atEnd, broker.url)).send(username, { function: 'nodash' });
    await daemon.logged('settled');
    const [files, bytes] = before;
    expect(await filesBelow(unit.home)).to.not.deep.equal(files);
    if (bytes !== undefined) expect(await bytesWritten(daemon.pid)).to.not.equal(bytes);
    expect(await daemon.stop()).to.include({ code: 0 });
    expect(await daemon.logged('stopped')).to.include({ notified: sender.sent.length, spooled: 0 });
  });
});
