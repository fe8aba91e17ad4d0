import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../lib/util/codec.js';

const Package = t.intersection([
  t.type({ name: t.string, version: t.string }),
  t.partial({ license: t.string }),
]);

/** The folder of the package that a bundled file belongs to; undefined for a file of ours. */
const packageOf = (input: string): string | undefined =>
  /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input.replace(/^[a-z]+:/, ''))?.[0];

/**
 * The licences of the packages whose code is in the bundles, as one text, by name. A package without a licence file is
 * listed with the name of its licence.
 */
export const noticesOf = async (bundles: readonly Metafile[]): Promise<string> => {
  const inputs = bundles.flatMap((bundle) => Object.keys(bundle.inputs));
  const folders = [...new Set(inputs.flatMap((input) => packageOf(input) ?? []))].sort();
  return (await Promise.all(folders.map(noticeOf))).join(`\n${'-'.repeat(80)}\n\n`);
};

const noticeOf = async (folder: string): Promise<string> => {
  const about = decodeJsonWith(Package)(await readFile(join(folder, 'package.json'), 'utf8'));
  if (E.isLeft(about)) throw new Error(`${folder}: ${about.left}`);
  const { name, version, license = 'unknown' } = about.right;
  const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  const text = file === undefined ? `Licence: ${license}` : await readFile(join(folder, file), 'utf8');
  return `${name} ${version}\n\n${text.trim()}\n`;
};
