import { mkdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const { resolve } = createRequire(import.meta.url);

/** Bundles are written here, so that they find the installed packages. */
const directory = join(root, 'node_modules', '.cache', 'simulate');

/** A replacement of text in one module. */
export interface Mutation {
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
}

/**
 * Bundles the worker and all that it runs into one file and resolves with its path. Translating each module
 * by itself would halve the speed. Rejects when a mutation changes nothing.
 */
export const bundleWorker = async (name: string, mutations: readonly Mutation[] = []): Promise<string> => {
  await mkdir(directory, { recursive: true });
  const outfile = join(directory, `${name}-${process.pid}.mjs`);
  await build({
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    outfile,
    entryPoints: [join(root, 'simulate', 'worker.ts')],
    mainFields: ['module', 'main'],
    alias: {
      rxjs: join(dirname(resolve('rxjs/package.json')), 'dist/esm/index.js'),
      'fp-ts/lib': join(dirname(resolve('fp-ts/package.json')), 'es6'),
    },
    // The simulation never calls these.
    external: ['mqtt', 'mqtt-packet', 'protobufjs', 'ws'],
    // CommonJS packages call `require` for Node's own modules.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    plugins: [mutated(mutations)],
    logLevel: 'warning',
  });
  return outfile;
};

/** Removes a bundle. */
export const removeBundle = (path: string): Promise<void> => rm(path, { force: true });

const mutated = (mutations: readonly Mutation[]): Plugin => ({
  name: 'mutated',
  setup: ({ onLoad }) => {
    if (mutations.length === 0) return;
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const file = relative(root, path).split(sep).join('/');
      const own = mutations.filter((each) => each.file === file);
      if (own.length === 0) return undefined;
      let contents = await readFile(path, 'utf8');
      for (const { from, to } of own) {
        const changed = contents.replace(from, () => to);
        if (changed === contents) throw new Error(`${file} has no ${from}`);
        contents = changed;
      }
      return { contents, loader: 'ts' };
    });
  },
});
