import { once } from 'node:events';
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import * as t from 'io-ts';
import { decodeJsonWith } from '../../lib/util/codec.js';
import { endingAfterTest, sharedDirectory } from '../rig/at-end.js';
import { runToEnd, startReader } from '../rig/child.js';
import { checkout, packInto, runWell as run } from '../rig/packed.js';
import { rightOf } from '../support/either.js';

describe('the library', () => {
  const atEnd = endingAfterTest();
  const sample = join(checkout, 'samples', 'http-sink.mjs');
  let folder = '';
  let bare = '';
  let directory = '';

  /** A folder with nothing but the package in it, and one with RxJS beside it. */
  before(async function () {
    this.timeout(180_000);
    directory = await sharedDirectory();
    const tarball = join(directory, await packInto(directory));
    [bare, folder] = [join(directory, 'bare'), join(directory, 'with-rxjs')];
    for (const each of [bare, folder]) {
      const installed = join(each, 'node_modules', 'cvmqtt');
      await mkdir(installed, { recursive: true });
      run('tar', ['xzf', tarball, '-C', installed, '--strip-components', '1']);
      await writeFile(join(each, 'package.json'), '{"type": "module"}');
    }
    for (const name of ['rxjs', 'tslib'])
      await cp(join(checkout, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true });
    await mkdir(join(folder, 'node_modules', '@types'));
    for (const name of ['@types/node', 'undici-types'])
      await symlink(join(checkout, 'node_modules', name), join(folder, 'node_modules', name));
    await cp(sample, join(folder, 'http-sink.mjs'));
  });

  after(() => rm(directory, { recursive: true }));

  const evaluate = (cwd: string, code: string) =>
    runToEnd(process.execPath, ['--input-type=module', '-e', code], { cwd });

  it('needs nothing to be installed but RxJS, and that only for the pipeline', async () => {
    const manifest = await readFile(join(bare, 'node_modules', 'cvmqtt', 'package.json'), 'utf8');
    const fields = rightOf(decodeJsonWith(t.record(t.string, t.unknown))(manifest));
    expect(fields).to.deep.include({
      sideEffects: false,
      peerDependenciesMeta: { rxjs: { optional: true } },
    });
    const code = `import { splitName } from 'cvmqtt/rules'; process.stdout.write(splitName('int1-open').right.message);`;
    expect(evaluate(bare, code)).to.include({ code: 0, stdout: 'open' });
    expect(evaluate(bare, "import 'cvmqtt';").stderr).to.contain("Cannot find package 'rxjs'");
  });

  it('lets nobody import what is not exported', () => {
    for (const path of [
      'dist/api/rules.mjs',
      'dist/bin/cvmqtt.js',
      'dist/types/api/rules.d.ts',
      'package.json',
    ])
      expect(evaluate(folder, `import 'cvmqtt/${path}';`).stderr).to.contain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('runs marble tests and rule tests', () => {
    const code = `
      import { deepStrictEqual } from 'node:assert';
      import { map } from 'rxjs';
      import { defaultGiven, marbles, parseRuleTests, runRuleTest, verdict } from 'cvmqtt/testing';
      marbles(({ cold, expectObservable }) => expectObservable(cold('a-b|').pipe(map((x) => x))).toBe('a-b|'));
      const wrong = () => marbles(({ cold, expectObservable }) => expectObservable(cold('a|')).toBe('-a|'));
      try { wrong(); throw new Error('passed'); } catch (error) { deepStrictEqual(error.code, 'ERR_ASSERTION'); }
      const [{ right: test }] = parseRuleTests('test t\\n registered int1\\n publish  a\\n notified a\\n a = int1-x', defaultGiven).tests;
      deepStrictEqual(verdict(test, runRuleTest(test)), { kind: 'passed' });`;
    expect(evaluate(folder, code)).to.include({ code: 0, stderr: '' });
  });

  it('has types that need no other package, with which the sample is correct', async () => {
    const compilerOptions = {
      noEmit: true,
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      module: 'nodenext',
      target: 'ES2023',
      types: ['node'],
      allowJs: true,
      checkJs: true,
    };
    const files = ['http-sink.mjs', 'all.ts'];
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    await writeFile(
      join(folder, 'all.ts'),
      `import * as all from 'cvmqtt';
       import { defaultSettings, parseSettings, splitName, type Settings } from 'cvmqtt/rules';
       import * as testing from 'cvmqtt/testing';
       const settings: Settings = { ...defaultSettings, hold_unregistered_ms: 1, reserved_integrations: ['vg:x'] };
       // @ts-expect-error: a number
       export const wrong: Settings = { ...defaultSettings, hold_unregistered_ms: '1' };
       const name = splitName('a-b');
       export const integration: string = name._tag === 'Right' ? name.right.integration : name.left;
       export { all, parseSettings, settings, testing };`,
    );
    const tsc = join(checkout, 'node_modules', 'typescript', 'bin', 'tsc');
    run(process.execPath, [tsc, '-p', folder]);
  });

  it('has names for all types of what it exports, so that declarations of what is built on it can be written', async () => {
    const tsc = join(checkout, 'node_modules', 'typescript', 'bin', 'tsc');
    for (const [at, entry] of ['cvmqtt', 'cvmqtt/rules', 'cvmqtt/testing'].entries()) {
      const compilerOptions = {
        declaration: true,
        emitDeclarationOnly: true,
        outDir: 'declared',
        strict: true,
        module: 'nodenext',
        target: 'ES2023',
        types: ['node'],
      };
      await writeFile(join(folder, `${at}.json`), JSON.stringify({ compilerOptions, files: [`${at}.ts`] }));
      await writeFile(
        join(folder, `${at}.ts`),
        `import * as all from '${entry}';\nexport const every = { ...all };`,
      );
      run(process.execPath, [tsc, '-p', join(folder, `${at}.json`)]);
    }
  });

  it('the sample: a sink of one’s own in 40 lines, which is read no faster than it delivers', async () => {
    expect((await readFile(sample, 'utf8')).trimEnd().split('\n').length).to.be.at.most(40);
    const [count, body] = [200, 'x'.repeat(20_000)];
    const lines = Array.from(
      { length: count },
      (_, n) => `${JSON.stringify({ function: `int1-number${n}`, body })}\n`,
    );
    const all = Buffer.from(lines.join(''));
    const unread: number[] = [];
    const types: string[] = [];
    const server = createServer(async (request, response) => {
      types.push(rightOf(decodeJsonWith(t.type({ type: t.string }))(await text(request))).type);
      unread.push(child.stdin.writableLength);
      response.end();
    }).listen(0, '127.0.0.1');
    atEnd(() => void server.close());
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const child = startReader(atEnd, ['http-sink.mjs', `http://127.0.0.1:${port}/`], folder);
    for (let at = 0; at < all.length; at += 10_000) child.stdin.write(all.subarray(at, at + 10_000));
    child.stdin.end();
    const printed = await text(child.stdout);
    expect(printed.trim().split('\n')).to.deep.equal(lines.map((_, n) => `${n + 1} notified`));
    expect(types).to.deep.equal(lines.map((_, n) => `int1-number${n}`));
    // What is in pipes and buffers between the processes.
    const slack = 400_000;
    for (const [n, left] of unread.entries())
      expect(all.length - left).to.be.below((n + 10) * (body.length + 100) + slack);
  }).timeout(60_000);
});
