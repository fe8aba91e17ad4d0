import { readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { endingAfterTest } from '../rig/at-end.js';
import { runToEnd } from '../rig/child.js';
import { debianPackages } from '../rig/debian-package.js';
import {
  itWithThrowawaySystem,
  startThrowawaySystem,
  type ThrowawaySystem,
} from '../rig/throwaway-system.js';

/** Has systemd seem to run, with a systemctl that only notes how it was called. Returns the calls since the last time. */
const pretendSystemd = async (system: ThrowawaySystem): Promise<() => Promise<readonly string[]>> => {
  const [systemctl, notes] = [system.path('usr/bin/systemctl'), system.path('run/systemctl.notes')];
  await mkdir(system.path('run/systemd/system'), { recursive: true });
  await writeFile(notes, '');
  await writeFile(systemctl, '#!/bin/sh\necho "$*" >> /run/systemctl.notes\n');
  await chmod(systemctl, 0o755);
  return async () => {
    const calls = (await readFile(notes, 'utf8')).split('\n').filter((line) => line !== '');
    await writeFile(notes, '');
    return calls;
  };
};

/** Files that list the users and groups. */
const accounts = ['passwd', 'group', 'shadow', 'gshadow', 'subuid', 'subgid'].map((name) => `etc/${name}`);

const hasNodejs = /^ii /m.test(runToEnd('sh', ['-c', 'dpkg-query --list nodejs || true']).stdout);

describe('the Debian package', () => {
  const atEnd = endingAfterTest();
  const built = debianPackages();
  /** Puts a version of the package into the `/run` of a system, under its own name. Built once. */
  const put = async (system: ThrowawaySystem, version: string): Promise<string> => {
    const file = await built(version);
    const path = join('/run', basename(file));
    await system.put(file, path);
    return path;
  };

  const itInstalled = hasNodejs
    ? itWithThrowawaySystem('apt-get', 'dpkg-deb', 'adduser', 'deb-systemd-invoke')
    : (title: string, _test: () => Promise<void>): void => {
        it(`${title} (needs the package nodejs)`);
      };

  itInstalled('is installed, upgraded, downgraded, removed and purged', async () => {
    const system = await startThrowawaySystem(atEnd);
    const { good, run } = system;
    const calls = await pretendSystemd(system);
    const before = system.changed();
    const older = await put(system, '0.1.0');
    const newer = await put(system, '0.2.0');
    const has = async (path: string): Promise<boolean> => (await run('test', '-e', path)).code === 0;
    const version = async () => /^ii +cvmqtt +(\S+)/m.exec(await good('dpkg-query', '--list', 'cvmqtt'))?.[1];

    await good('dpkg', '--install', older);
    expect(await version()).to.equal('0.1.0-1');
    expect(await calls()).to.deep.equal(['--system daemon-reload']);
    expect(await good('getent', 'passwd', 'cvmqtt')).to.match(/:\/var\/lib\/cvmqtt:\/usr\/sbin\/nologin\n$/);
    const wanted = '/etc/systemd/system/multi-user.target.wants/cvmqtt.service';
    for (const path of [wanted, '/var/lib/cvmqtt', '/run/cvmqtt']) expect(await has(path)).to.equal(false);
    expect(await good('dpkg', '--verify', 'cvmqtt')).to.equal('');
    expect(await good('cvmqtt', '--version')).to.match(/^cvmqtt \d/);
    await mkdir(system.path('run/empty'));
    const demo = await good('sh', '-c', 'cd /run/empty && cvmqtt demo --once');
    expect(demo).to.match(/int1-open-door +notified/);
    expect(await readdir(system.path('run/empty'))).to.deep.equal([]);

    // As systemctl enable, systemd and the daemon leave it.
    await good('ln', '-s', '/usr/lib/systemd/system/cvmqtt.service', wanted);
    for (const made of ['/var/lib/cvmqtt', '/run/cvmqtt'])
      await good('install', '-d', '-o', 'cvmqtt', '-g', 'cvmqtt', '-m', '0700', made);
    const spool = '/var/lib/cvmqtt/spool.ndjson';
    await good('sh', '-c', `echo a message > ${spool} && chown cvmqtt:cvmqtt ${spool} && chmod 600 ${spool}`);
    const state = () => good('sh', '-c', `stat --format='%U %a %n' /var/lib/cvmqtt ${spool}; cat ${spool}`);
    const kept = await state();

    for (const { file, expected } of [
      { file: newer, expected: '0.2.0-1' },
      { file: older, expected: '0.1.0-1' },
    ]) {
      await good('dpkg', '--install', file);
      expect(await version()).to.equal(expected);
      expect(await calls()).to.deep.equal(['--system daemon-reload', 'try-restart cvmqtt.service']);
      expect(await state()).to.equal(kept);
    }

    await good('dpkg', '--remove', 'cvmqtt');
    expect(await calls()).to.deep.equal(['stop cvmqtt.service', '--system daemon-reload']);
    for (const path of ['/usr/bin/cvmqtt', '/usr/lib/cvmqtt']) expect(await has(path)).to.equal(false);
    expect(await state()).to.equal(kept);
    await good('dpkg', '--install', newer);
    expect(await state()).to.equal(kept);

    await good('dpkg', '--purge', 'cvmqtt');
    const left = system.changed().filter((file) => !before.includes(file) && !accounts.includes(file));
    expect(left).to.deep.equal([]);
    for (const file of accounts) expect(readFileSync(system.path(file), 'utf8')).to.not.include('cvmqtt');
    expect(await has('/run/cvmqtt')).to.equal(false);
  });

  itInstalled('works as docs/install.md says', async () => {
    const system = await startThrowawaySystem(atEnd);
    await pretendSystemd(system);
    for (const version of ['0.1.0', '0.2.0']) await put(system, version);
    // For apt-get without a terminal.
    await writeFile(system.path('etc/apt/apt.conf.d/99yes'), 'APT::Get::Assume-Yes "true";\n');
    const [, section = ''] =
      /<a id="deb"><\/a>(.*?)<a id="npm">/s.exec(readFileSync('docs/install.md', 'utf8')) ?? [];
    const commands = [...section.matchAll(/^\$ (.*)$/gm)].map(([, command = '']) => command);
    expect(commands).to.have.lengthOf(7);
    for (const command of commands) await system.good('sh', '-c', `cd /run && ${command}`);
    expect((await system.run('dpkg-query', '--list', 'cvmqtt')).output).to.include('no packages found');
  });

  itInstalled('is not configured until nodejs is new enough: Debian 12 has 18', async () => {
    const system = await startThrowawaySystem(atEnd);
    const file = await put(system, '0.1.0');
    /** The version of nodejs that dpkg knows. */
    const setNodejs = async (version: string): Promise<void> => {
      const file = system.path('var/lib/dpkg/status');
      const packages = await readFile(file, 'utf8');
      await writeFile(file, packages.replace(/^(Package: nodejs\n(?:.+\n)*?Version: ).*/m, `$1${version}`));
    };
    await setNodejs('18.20.4+dfsg-1~deb12u1');
    const refused = await system.run('dpkg', '--install', file);
    expect(refused.code).to.equal(1);
    expect(refused.output).to.match(/cvmqtt depends on nodejs \(>= 20\.19\).*\n.*18\.20\.4/);
    expect((await system.run('getent', 'passwd', 'cvmqtt')).code, 'not configured').to.equal(2);
    await setNodejs('20.19.0-1');
    await system.good('dpkg', '--configure', 'cvmqtt');
    await system.good('getent', 'passwd', 'cvmqtt');
  });
});
