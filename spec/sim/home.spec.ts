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

  it('is created once, with its own secret', async () => {
    const home = `${await temporaryDirectory(after)}/new/home`;
    const made = rightOf(await openSimFile(home));
    expect(made.secret).to.match(/^[0-9a-f]{64}$/);
    expect(rightOf(await openSimFile(home))).to.deep.equal(made);
  });

  it('is not recreated if it is broken', async () => {
    const home = await temporaryDirectory(after);
    await writeFile(simFilePath(home), '{');
    expect(leftOf(await openSimFile(home))).to.equal(`${home}/sim.json: is not JSON`);
  });

  it('can’t be written without a directory', async () => {
    const home = `${await temporaryDirectory(atEnd)}/missing`;
    expect(await rejectionOf(writeSimFile(home, content))).to.have.property('code', 'ENOENT');
  });

  it('is named in the error if it is missing', async () => {
    const home = await temporaryDirectory(atEnd);
    expect(leftOf(readSimFile(home))).to.match(/sim\.json: does not exist; start cvmqtt sim/);
  });

  it('is named in the error if it is not JSON, and not quoted', async () => {
    const home = await temporaryDirectory(atEnd);
    await writeFile(simFilePath(home), '{"secret":"top secret"');
    expect(leftOf(readSimFile(home))).to.equal(`${home}/sim.json: is not JSON`);
  });

  for (const field of Object.keys(content))
    it(`is named in the error with ${field} if that is invalid, without its value`, async () => {
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
