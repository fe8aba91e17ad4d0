import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type Ended, runToEnd } from './child.js';

/** Without what an npm that runs these tests passes on, such as `--package` of npx. */
export const plainEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')),
);

/** Runs a program that has to succeed. */
export const runWell = (...args: Parameters<typeof runToEnd>): Ended => {
  const ended = runToEnd(...args);
  expect(ended.code, ended.stderr + ended.stdout).to.equal(0);
  return ended;
};

/** The checkout. */
export const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** What `npm pack` reads: a copy, as it changes package.json and `dist` while it runs. */
export const sources = [
  'CHANGELOG.md',
  'README.md',
  'api',
  'bin',
  'build.ts',
  'docs',
  'lib',
  'package.json',
  'packaging',
  'proto',
  'samples',
  'sim',
  'streams',
  'tsconfig.json',
];

/** Packs the checkout into a directory. Resolves with the file's name; the copy it was made from is as it was before. */
export const packInto = async (directory: string): Promise<string> => {
  const copy = join(directory, 'copy');
  await mkdir(copy);
  for (const each of sources) await cp(join(checkout, each), join(copy, each), { recursive: true });
  await symlink(join(checkout, 'node_modules'), join(copy, 'node_modules'));
  runWell('npm', ['pack', '--silent', '--pack-destination', directory], { cwd: copy, env: plainEnv });
  expect(await readdir(copy), 'as before').to.have.members([...sources, 'dist', 'node_modules']);
  return (await readdir(directory)).find((name) => name.endsWith('.tgz')) ?? '';
};
