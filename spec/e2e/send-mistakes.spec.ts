import { relative } from 'node:path';
import { expect } from 'chai';
import { endingAfterTest } from '../rig/at-end.js';
import { startCvmqtt } from '../rig/daemon.js';
import { startDev } from '../rig/dev.js';

describe('cvmqtt send', () => {
  const atEnd = endingAfterTest();

  /** What it complains about. */
  const said = async (...words: readonly string[]): Promise<string> => {
    const child = startCvmqtt(atEnd, ['send', ...words]);
    expect((await child.exited).code).to.be.oneOf([1, 2]);
    return child.output().stderr.split('\n')[0] ?? '';
  };

  it('says how to start the unit of the home that was given', async () => {
    const dev = await startDev(atEnd);
    await dev.end('SIGINT');
    expect(await said(dev.home, 'myapp-x')).to.match(/ in another terminal: cvmqtt dev [^ ]+$/);
    expect(await said(dev.home, 'myapp-x')).to.contain(relative('', dev.home));
  });

  it('says which durations a timeout can be, for a number without a unit', async () => {
    for (const timeout of ['500', '-1', ''])
      expect(await said('myapp-x', `--timeout=${timeout}`)).to.contain('not a duration such as 500ms');
  });

  it('asks for what is missing: the payload of a topic, not a name', async () => {
    expect(await said('--topic', 's2u/cv12345/x')).to.contain('give the payload for --topic');
  });

  it('says that a word before a name is no home', async () => {
    expect(await said('nohome', 'myapp-x')).to.contain(
      'nohome is neither a home of cvmqtt dev nor a full name',
    );
  });
});
