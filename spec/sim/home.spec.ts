import { stat, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { readSimFile, simFilePath, writeSimFile } from '../../sim/home.js';
import { cleanup, temporaryDirectory } from './support/cleanup.js';
import { leftOf, rejectionOf, rightOf } from './support/either.js';

const content = {
  broker_url: 'mqtt://127.0.0.1:1883',
  server_token: 'top secret',
  cvmain_address: '127.0.0.1:7777',
  notifier_addr: '127.0.0.1:5555',
  username: 'cv12345',
};

describe('sim.json', () => {
  const atEnd = cleanup();

  it('is read as it was written', async () => {
    const home = await temporaryDirectory(atEnd);
    await writeSimFile(home, content);
    expect(rightOf(await readSimFile(home))).to.deep.equal(content);
    expect((await stat(simFilePath(home))).mode & 0o777).to.equal(0o600);
  });

  it('cannot be written where there is no directory', async () => {
    const home = `${await temporaryDirectory(atEnd)}/missing`;
    expect(await rejectionOf(writeSimFile(home, content))).to.have.property('code', 'ENOENT');
  });

  it('is named when it is missing', async () => {
    const home = await temporaryDirectory(atEnd);
    expect(leftOf(await readSimFile(home))).to.equal(`${home}/sim.json: ENOENT`);
  });

  it('is named when it is not JSON, and not quoted', async () => {
    const home = await temporaryDirectory(atEnd);
    await writeFile(simFilePath(home), '{"server_token":"top secret"');
    expect(leftOf(await readSimFile(home))).to.equal(`${home}/sim.json: is not JSON`);
  });

  for (const field of Object.keys(content))
    it(`is named with ${field} when that is missing or wrong, and no value is`, async () => {
      const home = await temporaryDirectory(atEnd);
      const wrong = [undefined, 17, { token: 'top secret' }];
      for (const value of wrong) {
        await writeFile(simFilePath(home), JSON.stringify({ ...content, [field]: value }));
        expect(leftOf(await readSimFile(home))).to.equal(`${home}/sim.json: field ${field}: expected string`);
      }
    });
});
