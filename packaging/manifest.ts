/**
 * `npm pack` runs it before and after: everything is bundled, so the packed package.json names no dependencies, which
 * npm would install for nothing, and no scripts of the checkout. RxJS is an optional peer: the commands have it in their
 * bundles, and whoever uses the library has one of their own, of which the library must not have a second copy. `sideEffects`
 * is said only here, as in the checkout `bin` imports modules for what they do.
 */
import { constants } from 'node:fs';
import { copyFile, readFile, rename, writeFile } from 'node:fs/promises';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../lib/util/codec.js';

const manifest = 'package.json';
const original = 'package.json.checkout';

const Manifest = t.intersection([
  t.record(t.string, t.unknown),
  t.type({ dependencies: t.intersection([t.record(t.string, t.string), t.type({ rxjs: t.string })]) }),
]);

if (process.argv[2] === 'restore') await rename(original, manifest);
else {
  const decoded = decodeJsonWith(Manifest)(await readFile(manifest, 'utf8'));
  if (E.isLeft(decoded)) throw new Error(`${manifest}: ${decoded.left}`);
  const { dependencies, devDependencies, scripts, ...fields } = decoded.right;
  const packed = {
    ...fields,
    sideEffects: false,
    peerDependencies: { rxjs: dependencies.rxjs },
    peerDependenciesMeta: { rxjs: { optional: true } },
  };
  // If it is there, an earlier run was cut off: it is the original, and this one has no dependencies any more.
  await copyFile(manifest, original, constants.COPYFILE_EXCL);
  await writeFile(manifest, `${JSON.stringify(packed, null, 2)}\n`);
}
