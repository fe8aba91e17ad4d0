import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../lib/util/error-code.js';
import { plural } from '../../lib/util/plural.js';
import type { Collected, Part } from './part.js';

/** More files of one directory are not listed. */
const mostFiles = 200;

/** The directories that concern cvmqtt: mode, owner, size and time of each file, no content. */
export const listedFiles: Part = {
  file: 'files.txt',
  about: 'modes, owners, sizes and times',
  collect: async ({ layout, stateDirectory }): Promise<Collected> => {
    const listed = await Promise.all([layout.root, layout.mq, stateDirectory].map(listingOf));
    return {
      lines: listed.flatMap(({ lines }) => lines),
      problems: listed.flatMap(({ problems }) => problems),
    };
  },
};

const listingOf = async (directory: string): Promise<Collected> => {
  try {
    const names = (await readdir(directory)).sort();
    const shown = ['.', ...names.slice(0, mostFiles)];
    const lines = await Promise.all(shown.map((name) => lineOf(directory, name)));
    const more = names.length - mostFiles;
    return {
      lines: [`${directory}:`, ...lines, ''],
      problems: more > 0 ? [`${directory}: ${plural(more, 'more file')}`] : [],
    };
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT'
      ? { lines: [`${directory}: does not exist`, ''], problems: [] }
      : { lines: [], problems: [`${directory}: ${code ?? 'unknown error'}`] };
  }
};

const lineOf = async (directory: string, name: string): Promise<string> => {
  try {
    const { mode, uid, gid, size, mtime } = await lstat(join(directory, name));
    const columns = [mode.toString(8).padStart(6), `${uid}:${gid}`.padEnd(9), `${size}`.padStart(10)];
    return `  ${columns.join('  ')}  ${mtime.toISOString()}  ${name}`;
  } catch (error) {
    return `  ${errorCode(error) ?? 'unknown error'}  ${name}`;
  }
};
