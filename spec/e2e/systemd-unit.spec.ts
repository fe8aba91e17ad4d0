import { expect } from 'chai';
import { runToEnd } from '../rig/child.js';
import { itWith } from '../rig/programs.js';

const unit = 'docs/cvmqtt.service';

describe('the unit file for systemd', () => {
  itWith('systemd-analyze')('scores 2.5 or less in systemd-analyze security', async () => {
    const args = ['security', '--offline=true', '--no-pager', '--threshold=25', unit];
    const { code, stdout, stderr } = runToEnd('systemd-analyze', args);
    expect(code, `${stdout}${stderr}`).to.equal(0);
  });
});
