/**
 * `npm pack` runs it before and after: everything is bundled, so the packed package.json names no dependencies, which
 * npm would install for nothing, and no scripts of the checkout.
 */
import { copyFile, readFile, rename, writeFile } from 'node:fs/promises';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../lib/util/codec.js';

const manifest = 'package.json';
const original = 'package.json.checkout';

if (process.argv[2] === 'restore') await rename(original, manifest);
else {
  const decoded = decodeJsonWith(t.record(t.string, t.unknown))(await readFile(manifest, 'utf8'));
  if (E.isLeft(decoded)) throw new Error(`${manifest}: ${decoded.left}`);
  const { dependencies, devDependencies, scripts, ...packed } = decoded.right;
  await copyFile(manifest, original);
  await writeFile(manifest, `${JSON.stringify(packed, null, 2)}\n`);
}
