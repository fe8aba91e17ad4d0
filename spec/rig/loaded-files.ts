import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

const Coverage = t.type({ result: t.array(t.type({ url: t.string })) }, 'Coverage');

/**
 * The files that a Node.js process has loaded, from its NODE_V8_COVERAGE output, which lists each of them.
 */
export async function loadedFiles(directory: string): Promise<readonly string[]> {
  const texts = (await readdir(directory)).map((name) => readFile(join(directory, name), 'utf8'));
  const files = (await Promise.all(texts)).flatMap((text) => {
    const coverage = Coverage.decode(JSON.parse(text));
    if (E.isLeft(coverage)) throw new Error('what NODE_V8_COVERAGE has is not understood');
    return coverage.right.result.flatMap(({ url }) => (url.startsWith('file:') ? [fileURLToPath(url)] : []));
  });
  return [...new Set(files)];
}
