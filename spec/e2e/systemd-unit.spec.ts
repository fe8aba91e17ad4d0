import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { runToEnd } from '../rig/child.js';
import { itWith } from '../rig/programs.js';

const unit = 'docs/cvmqtt.service';

describe('the unit file for systemd', () => {
  const atEnd = endingAfterTest();

  itWith('systemd-analyze')('scores 2.5 or less in systemd-analyze security', async () => {
    const args = ['security', '--offline=true', '--no-pager', '--threshold=25', unit];
    const { code, stdout, stderr } = runToEnd('systemd-analyze', args);
    expect(code, `${stdout}${stderr}`).to.equal(0);
  });

  itWith('systemd-analyze')('has no fault that systemd-analyze verify knows', async () => {
    // It wants the programs to be there.
    const text = readFileSync(unit, 'utf8').replaceAll('/usr/bin/node', process.execPath);
    const file = join(await temporaryDirectory(atEnd), 'cvmqtt.service');
    await writeFile(file, text);
    const { code, stdout, stderr } = runToEnd('systemd-analyze', ['verify', '--man=no', file]);
    expect(code, `${stdout}${stderr}`).to.equal(0);
    expect(`${stdout}${stderr}`).to.not.include('cvmqtt.service');
  });

  it('has each line explained in docs/systemd.md, or under its sandbox', () => {
    const page = readFileSync('docs/systemd.md', 'utf8');
    const keys = [...readFileSync(unit, 'utf8').matchAll(/^(\w+)=/gm)].map(([, key = '']) => key);
    const plain =
      /^(Description|ExecStart|WantedBy|NoNew|Protect|Private|Restrict|Remove|Lock|SystemCall|\w+DirectoryMode)/;
    const unexplained = keys.filter((key) => !plain.test(key) && !page.includes(`\`${key}=`));
    expect(unexplained).to.deep.equal([]);
  });
});
