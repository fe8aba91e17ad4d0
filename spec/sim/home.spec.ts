import { stat, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { openSimFile, readSimFile, simFilePath, writeSimFile } from '../../sim/home.js';
import { cleanup, temporaryDirectory } from '../support/cleanup.js';
import { leftOf, rejectionOf, rightOf } from '../support/either.js';

const content = {
  secret: 'top secret',
  username: 'cv12345',
  broker_url: 'mqtt://127.0.0.1:1883',
  cvmain_address: '127.0.0.1:7777',
};

describe('sim.json', () => {
  const atEnd = cleanup();

  it('is read as it was written', async () => {
    const home = await temporaryDirectory(atEnd);
    await writeSimFile(home, content);
    expect(rightOf(readSimFile(home))).to.deep.equal(content);
    expect((await stat(simFilePath(home))).mode & 0o777).to.equal(0o600);
  });

  it('is made with a secret of its own, once', async () => {
    const home = `${await temporaryDirectory(after)}/new/home`;
    const made = rightOf(await openSimFile(home));
    expect(made.secret).to.match(/^[0-9a-f]{64}$/);
    expect(rightOf(await openSimFile(home))).to.deep.equal(made);
  });

  it('is not made anew when it is broken', async () => {
    const home = await temporaryDirectory(after);
    await writeFile(simFilePath(home), '{');
    expect(leftOf(await openSimFile(home))).to.equal(`${home}/sim.json: is not JSON`);
  });

  it('cannot be written where there is no directory', async () => {
    const home = `${await temporaryDirectory(atEnd)}/missing`;
    expect(await rejectionOf(writeSimFile(home, content))).to.have.property('code', 'ENOENT');
  });

  it('is named when it is missing', async () => {
    const home = await temporaryDirectory(atEnd);
    expect(leftOf(readSimFile(home))).to.match(/sim\.json: does not exist; start cvmqtt sim/);
  });

  it('is named when it is not JSON, and not quoted', async () => {
    const home = await temporaryDirectory(atEnd);
    await writeFile(simFilePath(home), '{"secret":"top secret"');
    expect(leftOf(readSimFile(home))).to.equal(`${home}/sim.json: is not JSON`);
  });

  for (const field of Object.keys(content))
    it(`is named with ${field} when that is wrong, and no value is`, async () => {
      const home = await temporaryDirectory(atEnd);
      const wrong = [17, { token: 'top secret' }];
      for (const value of wrong) {
        await writeFile(simFilePath(home), JSON.stringify({ ...content, [field]: value }));
        expect(leftOf(readSimFile(home))).to.match(
          new RegExp(`sim\\.json: field ${field}: expected string, found (a number|an object)$`),
        );
      }
    });
});
