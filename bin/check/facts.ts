import { constants } from 'node:fs';
import { access, readdir, readFile, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FileFacts } from '../../lib/check/files.js';
import type { StateFacts } from '../../lib/check/system.js';
import { readText } from '../../lib/storage/read-text.js';
import { isKept } from '../../lib/storage/state-formats.js';
import { errorCode } from '../../lib/util/error-code.js';

/** Reads a file and its permissions. */
export const fileFacts = async (path: string): Promise<FileFacts> => {
  const found = await stat(path).catch(() => undefined);
  return { text: readText(path), ...(found === undefined ? {} : { mode: found.mode }) };
};

/** Looks at the state directory, or at the nearest directory above it that exists. Writes nothing. */
export const stateFacts = async (path: string): Promise<StateFacts> => {
  const there = await existing(path);
  const notWritable = await access(there, constants.W_OK | constants.X_OK).then(
    () => undefined,
    (error: unknown) => errorCode(error) ?? 'unknown error',
  );
  const isDirectory = await stat(there).then(
    (found) => found.isDirectory(),
    () => true,
  );
  const disk = await statfs(there).catch(() => undefined);
  const wornTenths = await wornTenthsOf(there);
  const problem = isDirectory ? notWritable : 'ENOTDIR';
  return {
    path,
    ...(problem === undefined ? {} : { notWritable: problem }),
    ...(disk === undefined ? {} : { freeBytes: disk.bavail * disk.bsize }),
    ...(wornTenths === undefined ? {} : { wornTenths }),
    kept: (await readdir(path).catch(() => [])).filter((name) => isKept(name)).sort(),
  };
};

const existing = async (path: string): Promise<string> => {
  const problem = await stat(path).then(
    () => undefined,
    (error: unknown) => errorCode(error),
  );
  return problem === 'ENOENT' && dirname(path) !== path ? existing(dirname(path)) : path;
};

/** The larger of eMMC's two estimates, of the disk or of the disk that holds the partition. */
const wornTenthsOf = async (path: string): Promise<number | undefined> => {
  const { dev } = await stat(path).catch(() => ({ dev: 0 }));
  // As in makedev(3), for the numbers that Linux gives block devices.
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  for (const disk of ['', '/..']) {
    const text = await readFile(`/sys/dev/block/${major}:${minor}${disk}/device/life_time`, 'utf8').catch(
      () => '',
    );
    const used = (text.match(/0x[0-9a-f]+/gi) ?? []).map(Number);
    if (used.length > 0) return Math.max(...used) - 1;
  }
  return undefined;
};
