/**
 * Builds `dist/`: the daemon is one file, `dist/bin/cvmqtt.js`, with all that it loads in it, so that a small board opens one
 * file at its start and not hundreds. The other commands are a second one beside it, loaded when one of them is called. The
 * two that need development dependencies have their own, and so has grpc-js. For lines of the source in stack traces:
 * `node --enable-source-maps`.
 */
import { cp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const { resolve } = createRequire(import.meta.url);

/**
 * What MQTT.js loads at its start, though few connections have a use for it: it is loaded by the first one that has, or is
 * left out.
 */
const mqttLoadsLess: Plugin = {
  name: 'MQTT.js loads less',
  setup: ({ onResolve, onLoad }) => {
    const leftOut: Readonly<Record<string, string>> = {
      // It would write whole packets to stderr where DEBUG is set, passwords too; not to format them saves time as well.
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

/** Loaded by others when it is called for, and not before. */
const loadedWhenCalled: Plugin = {
  name: 'loaded when called',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\/(commands|demo|sim)\.js$/ }, ({ path }) => ({
      path: path.replace('.js', '.mjs'),
      external: true,
    }));
    onResolve({ filter: /^\.\/grpc-js\/calls\.js$/ }, () => ({
      path: '../lib/cvmain/grpc-js/calls.mjs',
      external: true,
    }));
  },
};

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  minifyWhitespace: true,
  minifySyntax: true,
  // Of a package that has modules, only what is used gets in, and is called without a getter between.
  mainFields: ['module', 'main'],
  alias: {
    rxjs: join(dirname(resolve('rxjs/package.json')), 'dist/esm/index.js'),
    'fp-ts/lib': join(dirname(resolve('fp-ts/package.json')), 'es6'),
    // The same code is in Node.js.
    'readable-stream': 'node:stream',
  },
  plugins: [mqttLoadsLess, loadedWhenCalled],
  outdir: 'dist/bin',
  logLevel: 'warning',
};

/** Node.js has CommonJS running 10 ms sooner than a module, so that is what starts. */
const startsAtOnce: BuildOptions = { ...common, format: 'cjs' };

const modules: BuildOptions = {
  ...common,
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  // Packages in CommonJS call `require` for Node's own modules.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
};

await rm('dist', { recursive: true, force: true });
await build({
  ...startsAtOnce,
  entryPoints: ['bin/cvmqtt.ts', 'lib/capture/reader-worker.ts'],
  entryNames: '[name]',
});
await writeFile('dist/package.json', '{"type":"commonjs"}\n');
await build({ ...modules, entryPoints: ['bin/commands.ts'] });
// In its folder, so that the path from there to `proto` is the same as in the checkout.
await build({ ...modules, entryPoints: ['lib/cvmain/grpc-js/calls.ts'], outdir: 'dist/lib/cvmain/grpc-js' });
// Where they are not installed, this fails when it is loaded, and only then.
await build({
  ...modules,
  entryPoints: ['bin/demo.ts', 'bin/sim.ts'],
  external: ['aedes', '@grpc/grpc-js', '@grpc/proto-loader'],
});
await cp('lib/report/page', 'dist/bin/page', { recursive: true });
await cp('proto', 'dist/proto', { recursive: true });
