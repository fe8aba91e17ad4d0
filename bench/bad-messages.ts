/**
 * The cost of a client that keeps sending bad messages, in MB a day: log, dead letters, bytes written by the process
 * (as the kernel counts them) and, for root only, bytes that reached the disk (an ext4 file system of its own).
 *
 *     npm run build && npx tsx bench/bad-messages.ts [<minutes> [<messages a second>]]
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type AtEnd, scoped, temporaryDirectory } from '../spec/rig/at-end.js';
import { username } from '../spec/rig/login.js';
import { startMosquitto } from '../spec/rig/mosquitto.js';
import { startRig } from '../spec/rig/rig.js';
import { startServer } from '../spec/rig/server.js';

const minutes = Number(process.argv[2] ?? 5);
const rate = Number(process.argv[3] ?? 1);
const dayS = 86_400;

/** A file system in a file. Where it can't be mounted: a plain directory, for which `written` returns NaN. */
const disk = async (atEnd: AtEnd) => {
  const directory = await temporaryDirectory(atEnd);
  try {
    const image = join(await temporaryDirectory(atEnd), 'image');
    execFileSync('truncate', ['-s', '600M', image]);
    execFileSync('mkfs.ext4', ['-q', '-b', '4096', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image]);
    const device = execFileSync('losetup', ['-f', '--show', image], { encoding: 'utf8' }).trim();
    execFileSync('mount', [device, directory]);
    atEnd(() => execFileSync('sh', ['-c', `umount -l ${directory}; losetup -d ${device}`]));
    const stat = `/sys/block/${device.replace('/dev/', '')}/stat`;
    const sectors = (): number => Number(readFileSync(stat, 'utf8').trim().split(/\s+/)[6]);
    return { directory, written: () => sectors() * 512 };
  } catch {
    return { directory, written: () => Number.NaN };
  }
};

const run = async (
  title: string,
  payload: (n: number) => { readonly function: string; readonly body: string },
): Promise<void> =>
  scoped(async (atEnd) => {
    const { directory, written } = await disk(atEnd);
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url });
    const daemon = await rig.connected('--state-dir', directory);
    const server = await startServer(atEnd, broker.url);
    const io = (): number =>
      Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${daemon.pid}/io`, 'utf8'))?.[1]);
    // A warm-up, so that a burst at the start isn't counted as if it lasted all day.
    const seconds = minutes * 60;
    let before = { log: 0, io: 0, device: 0, file: 0 };
    const now = () => ({
      log: daemon.output().stderr.length,
      io: io(),
      device: written(),
      file: statSync(join(directory, 'dead-letters.ndjson')).size,
    });
    const warmUp = 90 * rate;
    for (let n = 0; n < warmUp + seconds * rate; n += 1) {
      if (n === warmUp) before = now();
      await server.send(username, payload(n));
      await wait(1_000 / rate);
    }
    const after = now();
    const mbADay = (bytes: number): string => ((bytes / seconds) * (dayS / 1e6)).toFixed(1);
    process.stdout.write(
      `${title}, ${rate} a second, MB a day: log ${mbADay(after.log - before.log)}, dead letters ` +
        `${mbADay(after.file - before.file)}, written by the process ${mbADay(after.io - before.io)}, ` +
        `on the disk ${mbADay(after.device - before.device)}\n`,
    );
    await daemon.stop();
  });

await Promise.all([
  run('identical', () => ({ function: 'nodash', body: 'the same' })),
  run('all different', (n) => ({ function: `nodash${n}`, body: `${n}` })),
]);
