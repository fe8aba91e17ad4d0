import { expect } from 'chai';
import { endingAfterTest } from '../rig/at-end.js';
import { startDev } from '../rig/dev.js';

describe('a terminal that is closed', () => {
  const atEnd = endingAfterTest();

  it('ends cvmqtt listen as Ctrl-C does: no registration is left of an app that has ended', async () => {
    const dev = await startDev(atEnd);
    const app = await dev.listen('myapp');
    await app.end('SIGHUP');
    expect(await dev.integrations('list')).to.include({ code: 0, stdout: 'no app is registered\n' });
  });
});
