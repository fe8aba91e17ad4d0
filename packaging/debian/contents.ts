import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { debianChangelog } from './changelog.js';
import { debianNotices } from './notices.js';

const program = 'usr/lib/cvmqtt';
const doc = 'usr/share/doc/cvmqtt';
const service = 'etc/init.d/cvmqtt';
const scripts = ['postinst', 'prerm', 'postrm'];

/** The files of `dist` that have a place of their own: the shells and man look there. The rest is the program. */
const places: Readonly<Record<string, string>> = {
  'man/cvmqtt.1': 'usr/share/man/man1/cvmqtt.1.gz',
  'completions/cvmqtt.bash': 'usr/share/bash-completion/completions/cvmqtt',
  'completions/_cvmqtt': 'usr/share/zsh/vendor-completions/_cvmqtt',
  'completions/cvmqtt.fish': 'usr/share/fish/vendor_completions.d/cvmqtt.fish',
};

/** What may be run, of what {@link putContents} puts into the tree. */
export const executable: readonly string[] = [
  `${program}/bin/cvmqtt.js`,
  service,
  ...scripts.map((name) => `DEBIAN/${name}`),
];

/** Puts into an empty directory what the package installs, and its control files. Reads `dist`. */
export const putContents = async (tree: string, version: string, date: Date): Promise<void> => {
  const put = async (path: string, content: string | Buffer): Promise<void> => {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), path.endsWith('.gz') ? gzipSync(content, { level: 9 }) : content);
  };
  const copy = async (from: string, to: string): Promise<void> => put(to, await readFile(from));

  for (const file of await filesIn('dist')) {
    // The library is for programs elsewhere, which get it from npm's package.
    if (/^(api|types)\//.test(file)) continue;
    if (!file.endsWith('.map') && file !== 'THIRD-PARTY.txt')
      await copy(join('dist', file), places[file] ?? join(program, file));
  }
  await mkdir(join(tree, 'usr/bin'));
  await symlink('../lib/cvmqtt/bin/cvmqtt.js', join(tree, 'usr/bin/cvmqtt'));
  await put('usr/lib/systemd/system/cvmqtt.service', unitOf(await textOf('docs/cvmqtt.service')));
  await copy('packaging/openrc/cvmqtt', service);

  for (const page of await filesIn('docs'))
    if (/^[^/]+\.md$/.test(page)) await copy(join('docs', page), join(doc, page));
  for (const name of ['grafana/cvmqtt.json', 'prometheus/alerts.yml'])
    await copy(join('packaging', name), join(doc, 'examples', name));
  const control = await textOf('packaging/debian/control');
  const maintainer = /^Maintainer: (.*)$/m.exec(control)?.[1] ?? '';
  const changelog = await textOf('CHANGELOG.md');
  await put(join(doc, 'changelog.gz'), changelog);
  const debian = debianChangelog(changelog, { version, maintainer, date });
  await put(join(doc, 'changelog.Debian.gz'), debian);
  const notices = debianNotices(await textOf('dist/THIRD-PARTY.txt'));
  await put(join(doc, 'copyright'), `${await textOf('packaging/debian/copyright')}${notices}`);
  await copy('packaging/debian/lintian-overrides', 'usr/share/lintian/overrides/cvmqtt');

  await put('DEBIAN/control', control.replace(/^Architecture/m, `Version: ${version}\n$&`));
  await put('DEBIAN/conffiles', `/${service}\n`);
  for (const name of scripts) await copy(join('packaging/debian', name), `DEBIAN/${name}`);
};

/** The unit file with the package's paths, without its first line, which says where to put it. */
const unitOf = (example: string): string => {
  const unit = example.replace(/^#.*\n/, '').replaceAll('/opt/cvmqtt/dist/', `/${program}/`);
  if (unit.includes('/opt/') || !unit.includes(`/${program}/bin/cvmqtt.js`))
    throw new Error('docs/cvmqtt.service: the path of the program is not the expected one');
  return unit;
};

/** The files in a directory and below, as paths in it. */
const filesIn = async (directory: string): Promise<readonly string[]> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((each) => each.isFile())
    .map((each) => relative(directory, join(each.parentPath, each.name)));
};

const textOf = (file: string): Promise<string> => readFile(file, 'utf8');
