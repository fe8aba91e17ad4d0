import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

const Coverage = t.type({ result: t.array(t.type({ url: t.string })) }, 'Coverage');

/** The files that a process of Node has loaded, from what it wrote for NODE_V8_COVERAGE at its end: V8 tells of each. */
export async function loadedFiles(directory: string): Promise<readonly string[]> {
  const texts = (await readdir(directory)).map((name) => readFile(join(directory, name), 'utf8'));
  const files = (await Promise.all(texts)).flatMap((text) => {
    const coverage = Coverage.decode(JSON.parse(text));
    if (E.isLeft(coverage)) throw new Error('what NODE_V8_COVERAGE has is not understood');
    return coverage.right.result.flatMap(({ url }) => (url.startsWith('file:') ? [fileURLToPath(url)] : []));
  });
  return [...new Set(files)];
}

const Lock = t.type({ packages: t.record(t.string, t.partial({ dev: t.boolean })) }, 'package-lock.json');

/** Where the packages are that only development needs, such as `node_modules/mocha`. */
export async function developmentPackages(): Promise<ReadonlySet<string>> {
  const file = fileURLToPath(new URL('../../../package-lock.json', import.meta.url));
  const lock = Lock.decode(JSON.parse(await readFile(file, 'utf8')));
  if (E.isLeft(lock)) throw new Error(`${file} is not understood`);
  return new Set(Object.entries(lock.right.packages).flatMap(([path, { dev }]) => (dev ? [path] : [])));
}

/** The package that a file belongs to, as `package-lock.json` names it; undefined for the project's own. */
export const packageOf = (file: string): string | undefined =>
  /node_modules\/(?:@[^/]+\/)?[^/]+(?:\/node_modules\/(?:@[^/]+\/)?[^/]+)*/.exec(file)?.[0];
