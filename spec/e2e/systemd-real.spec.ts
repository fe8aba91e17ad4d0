import { existsSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { endingAfterTest } from '../rig/at-end.js';
import { runToEnd, startChild } from '../rig/child.js';
import { cvmqtt } from '../rig/daemon.js';

const rig = (file: string): string => fileURLToPath(new URL(`../rig/${file}`, import.meta.url));

const namespaces = ['--pid', '--mount', '--fork', '--cgroup', '--ipc', '--uts', '--kill-child'];

/** Whether an overlay can be mounted in namespaces of our own, as `nested-systemd.sh` does. */
const canNest = (): boolean => {
  if (process.getuid?.() !== 0 || !existsSync('/lib/systemd/systemd')) return false;
  const probe =
    'mount --make-rprivate / && mount -t tmpfs t /mnt && mkdir /mnt/u /mnt/w /mnt/r && mount -t overlay o -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/r && mount -t cgroup2 none /mnt/r/sys';
  return runToEnd('unshare', [...namespaces, 'sh', '-c', probe]).code === 0;
};

const title = 'runs by its unit file: waits, is ready, reloads, is restarted when it hangs, and stops';

describe('systemd itself', () => {
  const atEnd = endingAfterTest();

  if (!canNest()) it(`${title} (needs root, systemd, and to mount)`);
  else
    it(title, async () => {
      const node = realpathSync(process.execPath);
      const dist = dirname(dirname(cvmqtt));
      const nested = [rig('nested-systemd.sh'), rig('nested-script.sh'), node, dist, 'docs/cvmqtt.service'];
      const child = startChild(atEnd, 'unshare', [...namespaces, 'bash', ...nested]);
      await child.stdout.first('the end of the script', (line) => line === 'END', { ms: 150_000 });
      const lines = child.output().stdout.split('\n');
      const step = (name: string): string => lines.find((line) => line.startsWith(`${name} `)) ?? '';
      expect(step('waits')).to.equal('waits 0 activating success waiting for cvmain ');
      expect(step('ready')).to.equal('ready 0 active subscribed success ');
      // CAP_DAC_READ_SEARCH is the third right of capability.h.
      expect(step('rights')).to.match(
        /Uid: 64123 64123 .*CapEff: 0000000000000004 NoNewPrivs: 1 Seccomp: 2 /,
      );
      expect(step('reloaded')).to.equal('reloaded 0 active subscribed success ');
      expect(step('restarted')).to.equal('restarted 1 active subscribed success ');
      expect(step('stopped')).to.match(/^stopped .*inactive.* success $/);
      expect(step('credential')).to.equal('credential 0 active subscribed success ');
      expect(lines.filter((line) => line.includes('systemd-unreachable'))).to.deep.equal([]);
    });
});
