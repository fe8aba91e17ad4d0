import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { itWith } from '../rig/programs.js';

const unit = 'docs/cvmqtt.service';

describe('the unit file for systemd', () => {
  itWith('systemd-analyze')('scores 2.5 or less in systemd-analyze security', async () => {
    const { status, stdout, stderr } = spawnSync(
      'systemd-analyze',
      ['security', '--offline=true', '--no-pager', '--threshold=25', unit],
      { encoding: 'utf8' },
    );
    expect(status, `${stdout}${stderr}`).to.equal(0);
  });
});
