import { expect } from 'chai';
import { endingAfterTest } from '../rig/at-end.js';
import { startCvmqtt } from '../rig/daemon.js';
import { startDev } from '../rig/dev.js';
import { itWith } from '../rig/programs.js';

describe('cvmqtt listen', () => {
  const atEnd = endingAfterTest();

  it('says that it takes a name from an app that listens, and not after one that has died', async () => {
    const dev = await startDev(atEnd);
    const first = await dev.listen('myapp');
    const second = await dev.listen('myapp');
    const warning = await second.stderr.first('a warning', (line) => line.startsWith('cvmqtt listen:'));
    expect(warning).to.match(/"myapp" was registered with 127\.0\.0\.1:\d+, perhaps by another app/);
    await Promise.all([first.end('SIGKILL'), second.end('SIGKILL')]);
    const third = await dev.listen('myapp');
    await third.end('SIGINT');
    expect(third.output().stderr.trim().split('\n')).to.have.length(1);
  });

  itWith('setpriv')('says so if a port is not allowed for this user', async () => {
    const under = process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-net_bind_service'] : [];
    const app = startCvmqtt(atEnd, ['listen', '1'], {}, under);
    expect((await app.exited).code).to.equal(78);
    expect(app.output().stderr).to.equal(
      'cvmqtt listen: port 1 is not allowed for this user; choose another, or none for a free one\n',
    );
  });
});
