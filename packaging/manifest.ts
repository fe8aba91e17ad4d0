/**
 * `npm pack` runs it before and after: everything is bundled, so the packed package.json names no dependencies, which
 * npm would install for nothing, and no scripts of the checkout. RxJS is an optional peer: the commands have it in their
 * bundles, and whoever uses the library has one of their own, of which the library must not have a second copy. `sideEffects`
 * is said only here, as in the checkout `bin` imports modules for what they do.
 */
import { access, constants, copyFile, readFile, rename, writeFile } from 'node:fs/promises';
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
  // npm would find out after this, and then restores nothing: the next `npm pack` would not even build.
  await access(process.env['npm_config_pack_destination'] || '.', constants.W_OK | constants.X_OK);
  const decoded = decodeJsonWith(Manifest)(await readFile(manifest, 'utf8'));
  if (E.isLeft(decoded)) throw new Error(`${manifest}: ${decoded.left}`);
  const { dependencies, devDependencies, scripts, ...fields } = decoded.right;
  const packed = {
    ...fields,
    sideEffects: false,
    peerDependencies: { rxjs: dependencies.rxjs },
    peerDependenciesMeta: { rxjs: { optional: true } },
  };
  // Replaces what a run that was cut off left: package.json has dependencies, so it is the original again.
  await copyFile(manifest, original);
  await writeFile(manifest, `${JSON.stringify(packed, null, 2)}\n`);
}
