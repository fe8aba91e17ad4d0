import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { runToEnd } from '../rig/child.js';
import { buildDebianPackage } from '../rig/debian-package.js';
import { checkout, sources } from '../rig/packed.js';
import { itWith } from '../rig/programs.js';

describe('what is in the Debian package', () => {
  const atEnd = endingAfterTest();

  const unpacked = async (): Promise<{ readonly file: string; readonly tree: string }> => {
    const directory = await temporaryDirectory(atEnd);
    const file = await buildDebianPackage(directory, '0.1.0');
    const tree = join(directory, 'tree');
    expect(runToEnd('dpkg-deb', ['--raw-extract', file, tree]).code).to.equal(0);
    return { file, tree };
  };

  itWith('dpkg-deb', 'lintian')('has no errors or warnings for lintian', async () => {
    const { file } = await unpacked();
    const linted = runToEnd('lintian', ['--allow-root', '--fail-on', 'error,warning', file]);
    expect(linted.code, linted.stdout + linted.stderr).to.equal(0);
  });

  itWith('dpkg-deb')('is the same, byte by byte, whoever builds it where', async () => {
    // At the same depth: the bundle has the path from the project to its packages, which are shared here.
    const build = async (name: string, umask: string, TZ: string): Promise<Buffer> => {
      const copy = join(await temporaryDirectory(atEnd), name);
      await mkdir(copy);
      for (const each of sources) await cp(join(checkout, each), join(copy, each), { recursive: true });
      await symlink(join(checkout, 'node_modules'), join(copy, 'node_modules'));
      const script = `umask ${umask}; node --import tsx build.ts && node --import tsx packaging/deb.ts`;
      const env = { ...process.env, SOURCE_DATE_EPOCH: '1700000000', TZ };
      const built = runToEnd('sh', ['-c', script], { cwd: copy, env });
      expect(built.code, built.stderr).to.equal(0);
      return readFile(join(copy, built.stdout.trim()));
    };
    const one = await build('one', '022', 'UTC');
    const another = await build('another', '077', 'Asia/Tokyo');
    expect(one.equals(another)).to.equal(true);
  });

  itWith('dpkg-deb')('has the time of the commit where SOURCE_DATE_EPOCH is empty', async () => {
    const out = await temporaryDirectory(atEnd);
    const env = { ...process.env, SOURCE_DATE_EPOCH: '' };
    const built = runToEnd(process.execPath, ['--import', 'tsx', 'packaging/deb.ts', '--out', out], { env });
    expect(built.code, built.stderr).to.equal(0);
    const listed = runToEnd('dpkg-deb', ['--contents', built.stdout.trim()]).stdout;
    expect(listed).to.contain('usr/lib/cvmqtt/').and.not.contain('1970-01-01');
  });

  itWith('dpkg-deb')('the interface for apps is where docs/developers.md#proto says', async () => {
    const { tree } = await unpacked();
    const page = await readFile(join(checkout, 'docs/developers.md'), 'utf8');
    const [, path = ''] = /With the Debian package, it is `\/([^`]+)`/.exec(page) ?? [];
    expect(await readFile(join(tree, path), 'utf8')).to.equal(
      await readFile(join(checkout, 'proto/cv_saas.proto'), 'utf8'),
    );
  });

  itWith('dpkg-deb')('the unit file is that of docs, with the path of the program', async () => {
    const { tree } = await unpacked();
    const unit = await readFile(join(tree, 'usr/lib/systemd/system/cvmqtt.service'), 'utf8');
    const example = await readFile(join(checkout, 'docs/cvmqtt.service'), 'utf8');
    expect(unit).to.match(
      /^ExecStart=\/usr\/bin\/node \/usr\/lib\/cvmqtt\/bin\/cvmqtt\.js run \/etc\/cvmain$/m,
    );
    const withoutProgram = (text: string): readonly string[] =>
      text.split('\n').filter((line) => !/^Exec\w+=.*cvmqtt\.js/.test(line));
    expect(withoutProgram(unit)).to.deep.equal(withoutProgram(example).slice(1));
  });

  itWith('dpkg-deb', 'dpkg-parsechangelog')(
    'the changelog is that of the project, and the notices are whole',
    async () => {
      const { tree } = await unpacked();
      const doc = join(tree, 'usr/share/doc/cvmqtt');
      const unzipped = async (name: string) => gunzipSync(await readFile(join(doc, name))).toString();
      expect(await unzipped('changelog.gz')).to.equal(await readFile(join(checkout, 'CHANGELOG.md'), 'utf8'));
      const args = ['--file', join(doc, 'changelog.Debian.gz'), '--show-field', 'Version'];
      const parsed = runToEnd('dpkg-parsechangelog', args);
      expect(parsed.stdout, parsed.stderr).to.equal('0.1.0-1\n');
      const copyright = await readFile(join(doc, 'copyright'), 'utf8');
      for (const name of ['rxjs', 'mqtt', '@grpc/grpc-js', 'aedes'])
        expect(copyright).to.match(new RegExp(`^${name} \\d`, 'm'));
    },
  );
});
