import { expect } from 'chai';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { startCvmqtt } from '../rig/daemon.js';

describe('cvmqtt integrations', () => {
  const atEnd = endingAfterTest();

  const said = async (...words: readonly string[]): Promise<string> => {
    const child = startCvmqtt(atEnd, ['integrations', ...words]);
    expect((await child.exited).code).to.be.oneOf([1, 2]);
    return child.output().stderr.split('\n')[0] ?? '';
  };

  it('says what to start where no unit was', async () => {
    const home = await temporaryDirectory(atEnd);
    for (const words of [['list'], ['add', 'myapp']])
      expect(await said(...words, '--home', home)).to.contain('start cvmqtt dev first, or give --home DIR');
  });

  it('refuses what it would not use: another cvmain for the list, a host without a port, a second word', async () => {
    expect(await said('list', '--cvmain', '127.0.0.1:1')).to.contain('the list is read from --home');
    expect(await said('add', 'myapp', '--host', '127.0.0.1')).to.contain('--host goes with --port');
    for (const cvmain of ['localhost', 'http://127.0.0.1:7777', '127.0.0.1:65536'])
      expect(await said('add', 'myapp', '--cvmain', cvmain)).to.contain(`${cvmain} is not host:port`);
    expect(await said('add', 'myapp', '6001')).to.contain('give one name, and the port as --port 6001');
  });
});
