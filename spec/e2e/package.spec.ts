import { readFileSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import * as t from 'io-ts';
import { decodeJsonWith } from '../../lib/util/codec.js';
import { linksIn } from '../docs/support/references.js';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { runToEnd } from '../rig/child.js';
import { checkout, packInto, plainEnv, runWell as run } from '../rig/packed.js';
import { rightOf } from '../support/either.js';

/** What a page links to for who has a checkout: source, and the README of a folder. */
const ofTheSource = /\.ts$|^docs\/$|^(samples|bench|simulate|packaging)\/[\w/]*(README\.md)?$/;

describe('the package', () => {
  const atEnd = endingAfterTest();

  it('has what it needs, and works in an empty folder without installing more', async function () {
    this.timeout(180_000);
    const directory = await temporaryDirectory(atEnd);
    const [empty, cache] = [join(directory, 'empty'), join(directory, 'cache')];
    await mkdir(empty);
    const tarball = await packInto(directory);

    const listed = run('tar', ['tzf', join(directory, tarball)])
      .stdout.split('\n')
      .map((name) => name.replace('package/', ''));
    expect(listed).to.include.members([
      'dist/bin/cvmqtt.js',
      'dist/bin/demo.mjs',
      'dist/bin/live/main.js',
      'dist/bin/page/dom.js',
      'dist/bin/sim.mjs',
      'dist/proto/cv_saas.proto',
      'dist/THIRD-PARTY.txt',
      'dist/man/cvmqtt.1',
      'dist/completions/cvmqtt.bash',
      'dist/completions/_cvmqtt',
      'dist/completions/cvmqtt.fish',
      'docs/operating.md',
      'docs/api/index.md',
      'docs/cvmqtt.service',
      'docs/install.md',
      'packaging/Dockerfile',
      'packaging/openrc/cvmqtt',
    ]);
    expect(listed.filter((name) => name.endsWith('.map'))).to.deep.equal([]);
    const pages = listed.filter((name) => /^docs\/(?!architecture)[\w-]+\.md$/.test(name));
    const linked = pages.flatMap((page) =>
      linksIn(readFileSync(join(checkout, page), 'utf8')).map((link) =>
        join('docs', link.replace(/#.*/, '')),
      ),
    );
    expect(linked.length).to.be.above(50);
    const missing = linked.filter(
      (path) => path !== 'docs' && !ofTheSource.test(path) && !listed.includes(path),
    );
    expect([...new Set(missing)]).to.deep.equal([]);
    const { stdout: manifest } = run('tar', ['xzOf', join(directory, tarball), 'package/package.json']);
    const fields = rightOf(decodeJsonWith(t.record(t.string, t.unknown))(manifest));
    expect(fields).to.not.have.any.keys('dependencies', 'devDependencies', 'scripts');
    const { stdout: notices } = run('tar', [
      'xzOf',
      join(directory, tarball),
      'package/dist/THIRD-PARTY.txt',
    ]);
    for (const name of ['rxjs', 'mqtt', '@grpc/grpc-js', 'aedes'])
      expect(notices).to.match(new RegExp(`^${name} \\d`, 'm'));

    // As docs/install.md#npm installs it.
    run('tar', ['xzf', join(directory, tarball), '-C', empty, '--strip-components', '1']);
    const installed = run(process.execPath, [join(empty, 'dist', 'bin', 'cvmqtt.js'), '--version']);
    expect(installed.stdout).to.match(/^cvmqtt \d/);
    await rm(empty, { recursive: true });
    await mkdir(empty);

    const npx = (...args: readonly string[]) =>
      run('npx', ['--yes', '--offline', join('..', tarball), ...args], {
        cwd: empty,
        env: { ...plainEnv, npm_config_cache: cache },
      });
    // A pack that fails leaves the checkout as it was, and one that was cut off is no obstacle.
    const copy = join(directory, 'copy');
    const before = readFileSync(join(copy, 'package.json'), 'utf8');
    const pack = (to: string) =>
      runToEnd('npm', ['pack', '--silent', '--pack-destination', to], { cwd: copy, env: plainEnv });
    expect(pack(join(directory, 'missing')).code).to.not.equal(0);
    expect(readFileSync(join(copy, 'package.json'), 'utf8')).to.equal(before);
    await writeFile(join(copy, 'package.json.checkout'), '{}');
    expect(pack(directory).code).to.equal(0);
    expect(readFileSync(join(copy, 'package.json'), 'utf8')).to.equal(before);

    expect(npx('demo', '--once').stdout).to.match(/int1-open-door +notified/);
    expect(await readdir(empty)).to.deep.equal([]);
  });
});
