import { readdirSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AtEnd, temporaryDirectory } from './at-end.js';

/** The wall clock of a daemon, which a spec can set while the daemon runs. Its uptime is the system's. */
export interface WallClock {
  /** The daemon's environment, by which libfaketime is loaded. */
  readonly env: NodeJS.ProcessEnv;
  /** Sets it to the real time plus this offset, in the notation of faketime(1): `+2d`, `-1h`. */
  set(offset: string): Promise<void>;
}

/** Starts with a correct wall clock. */
export async function startWallClock(atEnd: AtEnd): Promise<WallClock> {
  const file = join(await temporaryDirectory(atEnd), 'clock');
  const set = async (offset: string): Promise<void> => {
    await writeFile(`${file}.tmp`, offset);
    await rename(`${file}.tmp`, file);
  };
  await set('+0');
  return {
    env: {
      LD_PRELOAD: libfaketime(),
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    set,
  };
}

/** Debian has it in the directory of its architecture. */
const libfaketime = (): string => {
  const [found] = readdirSync('/usr/lib')
    .map((directory) => join('/usr/lib', directory, 'faketime'))
    .flatMap((directory) => filesIn(directory).map((name) => join(directory, name)))
    .filter((path) => path.endsWith('/libfaketime.so.1'));
  if (found === undefined) throw new Error('there is a faketime, and no libfaketime.so.1');
  return found;
};

const filesIn = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
};
