import { readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { runToEnd } from '../rig/child.js';
import { buildDebianPackage } from '../rig/debian-package.js';
import type { Journal } from '../rig/journal.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { startRig } from '../rig/rig.js';
import {
  itWithThrowawaySystem,
  startThrowawaySystem,
  type ThrowawaySystem,
} from '../rig/throwaway-system.js';

const service = 'packaging/openrc/cvmqtt';

/** The variables that the service sets, as a shell reads them. */
const variable = (name: string): string =>
  runToEnd('sh', ['-c', `. ./${service}; printf %s "$${name}"`]).stdout;

describe('the OpenRC service', () => {
  const atEnd = endingAfterTest();

  it('is a script for openrc-run without errors in its syntax', () => {
    expect(readFileSync(service, 'utf8')).to.match(/^#!\/sbin\/openrc-run\n/);
    expect(runToEnd('sh', ['-n', service])).to.include({ code: 0, stderr: '' });
  });

  it('says the same as the unit file for systemd', () => {
    const unit = readFileSync('docs/cvmqtt.service', 'utf8');
    const field = (name: string): string | undefined => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1];
    expect(variable('description')).to.equal(field('Description'));
    expect(variable('config_dir')).to.equal(field('ExecStart')?.split(' ').at(-1));
    expect(variable('STATE_DIRECTORY')).to.equal(`/var/lib/${field('StateDirectory')}`);
    expect(variable('RUNTIME_DIRECTORY')).to.equal(`/run/${field('RuntimeDirectory')}`);
    expect(variable('respawn_delay')).to.equal(field('RestartSec'));
    expect(variable('retry')).to.equal(`TERM/${field('TimeoutStopSec')}/KILL/5`);
    expect(variable('supervise_daemon_args')).to.equal(`--umask ${field('UMask')}`);
  });

  /** A system with the package, its configuration, and a `logger` whose lines are the returned journal. */
  const installed = async (): Promise<{
    readonly system: ThrowawaySystem;
    readonly log: Journal<string>;
  }> => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url });
    const system = await startThrowawaySystem(atEnd);
    await system.put(await buildDebianPackage(await temporaryDirectory(atEnd), '0.1.0'), 'run/cvmqtt.deb');
    await system.good('dpkg', '--force-depends', '--install', '/run/cvmqtt.deb');
    await system.put(rig.home, 'etc/cvmain');
    await system.good('chgrp', '-R', 'cvmqtt', '/etc/cvmain');
    await system.good('chmod', '-R', 'g+rX', '/etc/cvmain');
    const logger = system.path('usr/bin/logger');
    await writeFile(logger, '#!/bin/sh\nexec cat >> /run/syslog\n');
    await chmod(logger, 0o755);
    await system.good('install', '-m', '0666', '/dev/null', '/run/syslog');
    return { system, log: system.start('tail', '--follow', '--lines=+1', '/run/syslog').stdout };
  };
  const logged = (log: Journal<string>, event: string, nth = 1) =>
    log.first(event, (line) => line.includes(`"event":"${event}"`), { nth });

  const asOpenrcDoes = '. /etc/init.d/cvmqtt; eval exec $command $command_args';

  itWithThrowawaySystem(
    'dpkg',
    'adduser',
    'mosquitto',
    'setpriv',
  )('its command is the daemon itself, with its log to syslog', async () => {
    const { system, log } = await installed();
    await system.good('install', '-d', '-o', 'cvmqtt', '/var/lib/cvmqtt', '/run/cvmqtt');
    const user = ['--reuid=cvmqtt', '--regid=cvmqtt', '--init-groups'];
    const daemon = system.start('setpriv', ...user, 'sh', '-c', asOpenrcDoes);
    await logged(log, 'subscribed');
    const pid = (await system.good('pgrep', '--full', '^node /usr/bin/cvmqtt run /etc/cvmain$')).trim();
    const parent = await system.good('ps', '--no-headers', '--format', 'ppid', '--pid', pid);
    expect(parent.trim(), 'no shell is between the supervisor and the daemon').to.equal('0');
    await system.good('kill', pid);
    expect(await daemon.exited).to.include({ code: 0 });
    await logged(log, 'stopped');
  });

  itWithThrowawaySystem(
    'dpkg',
    'adduser',
    'mosquitto',
    'openrc-run',
    'rc-service',
  )('starts it, restarts it after a crash and an upgrade, reloads and stops it', async () => {
    const { system, log } = await installed();
    await mkdir(system.path('run/openrc'), { recursive: true });
    await writeFile(system.path('run/openrc/softlevel'), '');
    await system.good('rc-update', '--update');
    const daemons = () => system.run('pgrep', '--full', '^node /usr/bin/cvmqtt run ');
    await system.good('dpkg', '--force-depends', '--install', '/run/cvmqtt.deb');
    expect((await daemons()).code, 'an upgrade starts nothing').to.equal(1);
    await system.good('rc-service', 'cvmqtt', 'start');
    await logged(log, 'subscribed');
    await system.good('kill', '-KILL', (await daemons()).output.trim());
    await logged(log, 'subscribed', 2);
    await system.good('dpkg', '--force-depends', '--install', '/run/cvmqtt.deb');
    await logged(log, 'subscribed', 3);
    await system.good('rc-service', 'cvmqtt', 'reload');
    await system.good('dpkg', '--remove', 'cvmqtt');
    await logged(log, 'stopped', 2);
    expect((await daemons()).code).to.equal(1);
  });
});
