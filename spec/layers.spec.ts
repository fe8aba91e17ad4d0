import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import * as t from 'io-ts';
import { decodeJsonWith } from '../lib/util/codec.js';
import { cleanup, temporaryDirectory } from './support/cleanup.js';
import { rightOf } from './support/either.js';
import { importsOf, loadedWith, modulesIn, packageOf, root } from './support/imports.js';

const Package = t.type({
  dependencies: t.record(t.string, t.string),
  devDependencies: t.record(t.string, t.string),
});
const { dependencies, devDependencies } = rightOf(
  decodeJsonWith(Package)(readFileSync(join(root, 'package.json'), 'utf8')),
);

const isModule = (target: string): boolean => target.endsWith('.ts');
/** cvmqtt's own package.json, imported for its version. */
const isPackageJson = (target: string): boolean => target === 'package.json';
const isBuiltIn = (target: string): boolean => target.startsWith('node:');

describe('layers: what a module may import (docs/architecture.md#layers)', () => {
  /** The folders, and the packages that they may not import. No layer imports from a folder without a row. */
  const layers: readonly {
    readonly layer: string;
    readonly below: readonly string[];
    readonly not: RegExp;
  }[] = [
    { layer: 'lib', below: ['lib'], not: /^rxjs/ },
    {
      layer: 'streams',
      below: ['streams', 'lib'],
      not: /^(mqtt|@grpc|jsonc-parser|node:(fs|net|dgram|http|tls))/,
    },
    { layer: 'sim', below: ['sim', 'lib'], not: /^rxjs/ },
    {
      layer: 'simulate',
      below: ['simulate', 'streams', 'lib'],
      not: /^(mqtt|@grpc|aedes|node:(net|dgram|http|tls))/,
    },
    // The published declarations have this type of their own (packaging/types.ts).
    { layer: 'api', below: ['api', 'streams', 'lib'], not: /^(?!fp-ts\/lib\/Either\.js$)/ },
    { layer: 'bin', below: ['bin', 'streams', 'lib'], not: /^(mqtt|@grpc|aedes)/ },
  ];

  for (const { layer, below, not } of layers) {
    const imports = modulesIn(layer).flatMap((module) =>
      importsOf(module).map((each) => ({ module, ...each })),
    );

    it(`${layer} imports only from ${below.join(', ')}`, () => {
      const above = imports.filter(({ target, how }) => {
        // Commands that need simulators load them at run time.
        const simOfCommand = layer === 'bin' && target.startsWith('sim/') && how !== 'static';
        return isModule(target) && !below.includes(target.split('/')[0] ?? '') && !simOfCommand;
      });
      expect(above).to.deep.equal([]);
    });

    it(`${layer} uses only packages meant for it and listed in package.json`, () => {
      const packages = imports.filter(({ target }) => !isModule(target) && !isPackageJson(target));
      expect(packages.filter(({ target }) => not.test(target))).to.deep.equal([]);
      const known = { ...dependencies, ...(layer.startsWith('sim') ? devDependencies : {}) };
      const unknown = packages.filter(({ target }) => !isBuiltIn(target) && !(packageOf(target) in known));
      expect(unknown).to.deep.equal([]);
    });
  }

  /** The rooms of lib: each imports only from those above it in this list, and util from none. */
  const rooms = [
    'util',
    'rules',
    'clock',
    'storage',
    'config',
    'mqtt',
    'log',
    'status',
    'grpc',
    'cvmain',
    'capture',
    'dead-letters',
    'check',
    'diag',
    'explain',
    'report',
    'recorder',
    'rule-test',
  ];
  const roomOf = (module: string): string => module.split('/')[1] ?? '';
  const inLib = modulesIn('lib').flatMap((module) => importsOf(module).map((each) => ({ module, ...each })));

  it('each room of lib imports only from the rooms before it', () => {
    const up = inLib.filter(({ module, target }) => {
      const [from, to] = [rooms.indexOf(roomOf(module)), rooms.indexOf(roomOf(target))];
      return isModule(target) && (from === -1 || to === -1 || to > from);
    });
    expect(up).to.deep.equal([]);
  });

  it('grpc needs no other room, and no package but fp-ts', () => {
    const ofGrpc = inLib.filter(({ module }) => roomOf(module) === 'grpc');
    const others = ofGrpc.filter(({ target }) =>
      isModule(target) ? roomOf(target) !== 'grpc' : !isBuiltIn(target) && packageOf(target) !== 'fp-ts',
    );
    expect(others).to.deep.equal([]);
  });

  it('rules do no I/O', () => {
    const io = /^node:(fs|net|dgram|https?|http2|tls|child_process|worker_threads|os)/;
    // `isIP` does no I/O.
    const allowed = 'node:net';
    const rules = inLib.filter(({ module }) => roomOf(module) === 'rules');
    expect(rules.filter(({ target }) => io.test(target) && target !== allowed)).to.deep.equal([]);
  });

  it('streams only interprets: a module is short, and keeps at most four variables', () => {
    const larger = modulesIn('streams').filter((module) => {
      const text = readFileSync(join(root, module), 'utf8');
      return text.split('\n').length > 201 || (text.match(/^ *let /gm)?.length ?? 0) > 4;
    });
    expect(larger).to.deep.equal([]);
  });

  it('no module imports itself, directly or indirectly', () => {
    const modules = ['lib', 'streams', 'bin', 'sim'].flatMap((folder) => [...modulesIn(folder)]);
    const importedBy = (module: string): string[] =>
      importsOf(module).flatMap(({ target, how }) =>
        how === 'dynamic' || !modules.includes(target) ? [] : [target],
      );
    const direct = new Map(modules.map((module) => [module, importedBy(module)]));
    const reachable = (module: string): ReadonlySet<string> => {
      const seen = new Set<string>();
      const open = [module];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        for (const target of direct.get(next) ?? []) {
          if (!seen.has(target)) open.push(target);
          seen.add(target);
        }
      }
      return seen;
    };
    expect(modules.filter((module) => reachable(module).has(module))).to.deep.equal([]);
  });

  for (const command of ['bin/cvmqtt.ts', 'bin/run.ts']) {
    it(`${command} loads no simulator, and only what is installed with the daemon`, () => {
      const loaded = [...loadedWith(command)];
      expect(
        loaded.filter((target) => target.startsWith('sim/') || target.startsWith('spec/')),
      ).to.deep.equal([]);
      const packages = loaded
        .filter((target) => !isModule(target) && !isPackageJson(target) && !isBuiltIn(target))
        .map(packageOf);
      expect(packages.filter((name) => !(name in dependencies))).to.deep.equal([]);
    });
  }

  it('bin/run.ts loads grpc-js only when it is chosen', () => {
    const ofGrpc = (loaded: ReadonlySet<string>) =>
      [...loaded].filter((target) => target.startsWith('@grpc/'));
    expect(ofGrpc(loadedWith('bin/run.ts'))).to.deep.equal([]);
    expect(ofGrpc(loadedWith('bin/run.ts', ['dynamic']))).to.deep.equal([
      '@grpc/grpc-js',
      '@grpc/proto-loader',
    ]);
  });

  it('bin/run.ts loads no simulator later, either', () => {
    const loaded = [...loadedWith('bin/run.ts', ['dynamic'])];
    expect(loaded.filter((target) => target.startsWith('sim/'))).to.deep.equal([]);
  });

  it('this spec sees what is imported, and how', () => {
    const loaded = loadedWith('bin/run.ts');
    expect(loaded).to.include.all.keys(
      'streams/programs/daemon.ts',
      'lib/mqtt/connection/open-connection.ts',
      'rxjs',
      'jsonc-parser',
    );
    expect(loadedWith('bin/demo.ts')).to.not.include.keys('sim/broker.ts');
    expect(loadedWith('bin/demo.ts', ['dynamic'])).to.include.keys('sim/broker.ts');
    expect(importsOf('lib/log/event.ts').every(({ how }) => how === 'type')).to.equal(true);
    expect(loadedWith('lib/log/event.ts').size).to.equal(1);
  });
});

describe('layers: Biome refuses', () => {
  const atEnd = cleanup();

  const imports: readonly { readonly folder: string; readonly not: string[]; readonly but: string[] }[] = [
    {
      folder: 'lib',
      not: ['../streams/x.js', '../bin/x.js', '../sim/x.js', 'rxjs', 'aedes'],
      but: ['./y.js', 'mqtt', '@grpc/grpc-js', 'node:fs'],
    },
    {
      folder: 'lib/grpc',
      not: [
        '../cvmain/x.js',
        '../util/x.js',
        '../../streams/x.js',
        '../../../sim/x.js',
        'rxjs',
        '@grpc/grpc-js',
      ],
      but: ['./y.js', 'fp-ts/lib/Either.js', 'node:http2'],
    },
    {
      folder: 'lib/cvmain/deep',
      not: ['../../grpc/x.js', '../../../streams/x.js'],
      but: ['../../grpc/index.js', '../grpc-js/x.js', '@grpc/grpc-js'],
    },
    { folder: 'lib/deep', not: ['../../streams/x.js', '../../sim/deep/x.js'], but: ['../x.js'] },
    {
      folder: 'streams',
      not: ['../bin/x.js', '../sim/x.js', 'mqtt', '@grpc/grpc-js', 'aedes', 'node:fs', 'node:fs/promises'],
      but: ['rxjs', '../lib/x.js'],
    },
    { folder: 'sim', not: ['../streams/x.js', '../bin/x.js'], but: ['../lib/x.js', 'aedes'] },
    { folder: 'bin', not: [], but: ['../streams/x.js', '../lib/x.js'] },
  ];
  const cases = imports.flatMap(({ folder, not, but }) =>
    [...not, ...but].map((specifier, at) => ({
      module: `${folder}/module-${at}.ts`,
      specifier,
      refused: not.includes(specifier),
    })),
  );

  it('each import that points up, and no other', async () => {
    const directory = await temporaryDirectory(atEnd);
    await copyFile(join(root, 'biome.json'), join(directory, 'biome.json'));
    for (const { module, specifier } of cases) {
      await mkdir(dirname(join(directory, module)), { recursive: true });
      await writeFile(join(directory, module), `import { a } from '${specifier}';\n\nexport const b = a;\n`);
    }
    const output = biomeLint(directory);
    const found = output.matchAll(/^(\S+\.ts):\d+:\d+ lint\/style\/noRestrictedImports/gm);
    const complained = new Set([...found].map(([, module]) => module));
    expect(cases.map((each) => ({ ...each, refused: complained.has(each.module) }))).to.deep.equal(cases);
  });

  it('nothing that users leave in a checkout: a unit, settings, captures, a script', async () => {
    const directory = await temporaryDirectory(atEnd);
    await copyFile(join(root, 'biome.json'), join(directory, 'biome.json'));
    const broken = join('lib', 'broken.ts');
    for (const file of ['my-unit/mq/cvmqtt.json', 'new-rules.json', 'mine.ts', 'incident.html', broken]) {
      await mkdir(dirname(join(directory, file)), { recursive: true });
      await writeFile(join(directory, file), '{ "half": ');
    }
    const complained = [...biomeLint(directory).matchAll(/^(\S+\.\w+):\d+:\d+ /gm)].map(([, file]) => file);
    expect([...new Set(complained)]).to.deep.equal([broken]);
  });
});

/** The output of `biome lint` for a directory. */
function biomeLint(directory: string): string {
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const args = [biome, 'lint', '--colors=off', '--max-diagnostics=none', '.'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: directory, encoding: 'utf8' });
  return `${stdout}${stderr}`;
}
