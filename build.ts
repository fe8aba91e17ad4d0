/**
 * Builds `dist/`. The daemon is one file, `dist/bin/cvmqtt.js`, so that a small board opens one file at its start
 * instead of hundreds. The other commands are a second file, loaded when one of them is called; the two that simulate have
 * their own, and so has grpc-js. Nothing has to be installed beside it. The library is in `dist/api` and `dist/types`. For source lines in stack traces: `node
 * --enable-source-maps`.
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { version } from './bin/version.js';
import { completions } from './packaging/completions.js';
import { everyCommand } from './packaging/every-command.js';
import { manPage } from './packaging/man.js';
import { noticesOf } from './packaging/notices.js';
import { entries, writeTypes } from './packaging/types.js';

const { resolve } = createRequire(import.meta.url);

/**
 * Packages that MQTT.js loads at its start though few connections use them: loaded at their first use, or left out.
 */
const mqttLoadsLess: Plugin = {
  name: 'MQTT.js loads less',
  setup: ({ onResolve, onLoad }) => {
    const leftOut: Readonly<Record<string, string>> = {
      // With DEBUG set, it would write whole packets to stderr, passwords included. Without it, no time is spent on
      // formatting.
      debug: 'module.exports = () => () => undefined;',
      // For browsers.
      'worker-timers': 'module.exports = {};',
    };
    const whenUsed = (name: string): string => `module.exports = new Proxy(class {}, {
      construct: (_, options) => Reflect.construct(require('${name}'), options),
      get: (_, member) => member === '__esModule' ? false : require('${name}')[member],
    });`;
    const filter = /^(debug|worker-timers|lru-cache|socks|ws)$/;
    onResolve({ filter, namespace: 'file' }, ({ path, resolveDir }) => ({
      path,
      namespace: 'less',
      pluginData: resolveDir,
    }));
    onLoad({ filter, namespace: 'less' }, ({ path, pluginData }) => ({
      contents: leftOut[path] ?? whenUsed(path),
      resolveDir: pluginData,
    }));
  },
};

/** Commands that simulate: each is a file of its own. */
const simulators = ['demo', 'dev', 'integrations', 'listen', 'send', 'sim'];

/** Files that are loaded on demand. */
const loadedOnDemand: Plugin = {
  name: 'loaded on demand',
  setup: ({ onResolve }) => {
    onResolve(
      { filter: new RegExp(`^\\./(commands|${simulators.join('|')})\\.js$`) },
      ({ path, resolveDir }) =>
        basename(resolveDir) === 'bin' ? { path: path.replace('.js', '.mjs'), external: true } : undefined,
    );
    onResolve({ filter: /^\.\/grpc-js\/calls\.js$/ }, () => ({
      path: '../lib/cvmain/grpc-js/calls.mjs',
      external: true,
    }));
  },
};

/** The output of git in this checkout; empty outside of one. */
const git = (...args: readonly string[]): string => {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return '';
  }
};

/** The commit that is built, with a plus sign if files differ from it; empty outside of a checkout. */
const commit = git('describe', '--always', '--dirty=+');

/** The date of the man page, Unix time: the same for each build of a commit (reproducible-builds.org/specs). */
const builtAt = process.env['SOURCE_DATE_EPOCH'] || git('log', '-1', '--format=%ct') || Date.now() / 1_000;

const common = {
  bundle: true,
  metafile: true,
  define: { 'process.env.CVMQTT_COMMIT': JSON.stringify(commit) },
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  minifyWhitespace: true,
  minifySyntax: true,
  // Prefers ES modules: only what is used gets into the bundle, and is called without a getter.
  mainFields: ['module', 'main'],
  alias: {
    rxjs: join(dirname(resolve('rxjs/package.json')), 'dist/esm/index.js'),
    'fp-ts/lib': join(dirname(resolve('fp-ts/package.json')), 'es6'),
    // The same code is in Node.js.
    'readable-stream': 'node:stream',
  },
  plugins: [mqttLoadsLess, loadedOnDemand],
  outdir: 'dist/bin',
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Node.js starts CommonJS 10 ms sooner than a module. */
const startsAtOnce = { ...common, format: 'cjs' } as const;

const modules = {
  ...common,
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  // CommonJS packages call `require` for Node.js's own modules.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
} as const;

await rm('dist', { recursive: true, force: true });
const built = await Promise.all([
  build({
    ...startsAtOnce,
    entryPoints: ['bin/cvmqtt.ts', 'lib/capture/reader-worker.ts'],
    entryNames: '[name]',
  }),
  build({ ...modules, entryPoints: ['bin/commands.ts'] }),
  // In its folder, so that the path from there to `proto` is the same as in the checkout.
  build({ ...modules, entryPoints: ['lib/cvmain/grpc-js/calls.ts'], outdir: 'dist/lib/cvmain/grpc-js' }),
  build({
    ...modules,
    entryPoints: simulators.map((name) => `bin/${name}.ts`),
  }),
  // The library. RxJS is its user's: Observables of two copies don't mix.
  build({
    ...modules,
    entryPoints: entries.map((name) => `api/${name}.ts`),
    outdir: 'dist/api',
    splitting: true,
    external: ['rxjs'],
    alias: { 'fp-ts/lib': common.alias['fp-ts/lib'] },
    banner: {},
  }),
]);
await writeTypes('dist/types');
await writeFile('dist/package.json', '{"type":"commonjs"}\n');
await writeFile('dist/THIRD-PARTY.txt', await noticesOf(built.map(({ metafile }) => metafile)));
await cp('lib/report/page', 'dist/bin/page', { recursive: true });
await cp('bin/dev/page/live', 'dist/bin/live', { recursive: true });
await cp('proto', 'dist/proto', { recursive: true });
await mkdir('dist/man');
await writeFile('dist/man/cvmqtt.1', manPage(everyCommand, version, new Date(Number(builtAt) * 1_000)));
await mkdir('dist/completions');
for (const [name, text] of Object.entries(completions(everyCommand)))
  await writeFile(`dist/completions/${name}`, text);
