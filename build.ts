/**
 * Builds `dist/`: the daemon is one file, `bin/cvmqtt.js`, with all that it loads in it, so that a small board opens one file
 * at its start and not hundreds. The other commands are a second one beside it, loaded when one of them is called, and the
 * two that stand on development dependencies have their own. Source maps tell the lines: `node --enable-source-maps`.
 */
import { cp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

const { resolve } = createRequire(import.meta.url);

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
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
  // Packages in CommonJS call `require` for Node's own modules.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  outdir: 'dist/bin',
  logLevel: 'warning',
};

await rm('dist', { recursive: true, force: true });
await build({ ...common, entryPoints: ['bin/cvmqtt.ts'], external: ['./commands.js'] });
await build({ ...common, entryPoints: ['bin/commands.ts'], external: ['./demo.js', './sim.js'] });
// Where they are not installed, this fails when it is loaded, and only then.
await build({
  ...common,
  entryPoints: ['bin/demo.ts', 'bin/sim.ts'],
  external: ['aedes', '@grpc/grpc-js', '@grpc/proto-loader'],
});
await cp('lib/report/page', 'dist/bin/page', { recursive: true });
await cp('proto', 'dist/proto', { recursive: true });
