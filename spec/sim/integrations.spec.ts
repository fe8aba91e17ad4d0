import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { registerIntegration, unregisterIntegration } from '../../sim/registration.js';
import { cleanup } from '../support/cleanup.js';
import { leftOf, rightOf } from '../support/either.js';
import { setUp } from './support/cvmain.js';

const at = (port: number) => ({ host: '127.0.0.1', port });

describe('integrations', () => {
  const atEnd = cleanup();
  const stored = async (home: string): Promise<unknown> =>
    JSON.parse(await readFile(join(home, 'mq', 'integrations.json'), 'utf8'));

  it('are empty at first', async () => {
    const { home } = await setUp(atEnd);
    expect(await stored(home)).to.deep.equal([]);
  });

  it('are on disk when the rpc has answered', async () => {
    const { home, cvmain } = await setUp(atEnd);
    rightOf(await registerIntegration(cvmain.address, 'int1', at(6001)));
    expect(await stored(home)).to.deep.equal([{ name: 'int1', integration: at(6001) }]);
    rightOf(await registerIntegration(cvmain.address, 'int2'));
    expect(await stored(home)).to.deep.equal([{ name: 'int1', integration: at(6001) }, { name: 'int2' }]);
    rightOf(await unregisterIntegration(cvmain.address, 'int1'));
    expect(await stored(home)).to.deep.equal([{ name: 'int2' }]);
  });

  it('are updated by registering again', async () => {
    const { home, cvmain } = await setUp(atEnd);
    await cvmain.register('int1', at(6001));
    await cvmain.register('int2', at(6002));
    await cvmain.register('int1', at(6003));
    await cvmain.register('int2');
    expect(await stored(home)).to.deep.equal([{ name: 'int1', integration: at(6003) }, { name: 'int2' }]);
  });

  it('survive a restart', async () => {
    const first = await setUp(atEnd);
    await first.cvmain.register('int1', at(6001));
    await first.cvmain.register('int2');
    await first.cvmain.close();
    const { cvmain, home } = await setUp(atEnd, { home: first.home });
    await cvmain.register('int3');
    expect(await stored(home)).to.deep.equal([
      { name: 'int1', integration: at(6001) },
      { name: 'int2' },
      { name: 'int3' },
    ]);
  });

  it('are on disk after a close that came before the answer', async () => {
    const { cvmain, home } = await setUp(atEnd);
    const answer = cvmain.register('int1');
    await cvmain.close();
    expect(await stored(home)).to.deep.equal([{ name: 'int1' }]);
    expect(await answer).to.include({ success: true });
  });

  it('are all kept if many apps register at once', async () => {
    const { cvmain, home } = await setUp(atEnd);
    const names = Array.from({ length: 50 }, (_, number) => `int${number}`);
    await Promise.all(names.map((name) => cvmain.register(name)));
    expect(await stored(home)).to.deep.equal(names.map((name) => ({ name })));
  });

  it('may have a dash in the name, although no message will come', async () => {
    const { cvmain } = await setUp(atEnd);
    rightOf(await registerIntegration(cvmain.address, 'my-app'));
  });

  it('may have names of 64 characters and port 65535', async () => {
    const { cvmain } = await setUp(atEnd);
    rightOf(await registerIntegration(cvmain.address, 'x'.repeat(64), at(65535)));
  });

  const refusals: Record<
    string,
    { name: string; host?: string; port?: number; code: number; detail: string }
  > = {
    'an empty name': { name: '', code: 1, detail: 'the name is empty' },
    'a reserved name': { name: 'vg:upgrader', code: 2, detail: 'names that start with vg: are reserved' },
    'a name of 65 characters': {
      name: 'x'.repeat(65),
      code: 1,
      detail: 'the name is longer than 64 characters',
    },
    'a host of 254 characters': {
      name: 'int1',
      host: 'x'.repeat(254),
      port: 6001,
      code: 1,
      detail: 'the host is longer than 253 characters',
    },
    'an invalid host': {
      name: 'int1',
      host: 'a b',
      port: 6001,
      code: 1,
      detail: 'the host is neither an address nor a name: register 127.0.0.1, and the port in its own field',
    },
    'port 0': {
      name: 'int1',
      port: 0,
      code: 1,
      detail: 'the port is 0: register the port that the app listens on',
    },
    'port 65536': { name: 'int1', port: 65536, code: 1, detail: 'the port is above 65535' },
  };
  for (const [what, { name, host = '127.0.0.1', port, code, detail }] of Object.entries(refusals))
    it(`are refused with ${what}`, async () => {
      const { cvmain, home } = await setUp(atEnd);
      const outcome = await registerIntegration(
        cvmain.address,
        name,
        port === undefined ? undefined : { host, port },
      );
      expect(leftOf(outcome)).to.deep.equal({ reason: 'refused', code, detail });
      expect(await stored(home)).to.deep.equal([]);
    });

  it('may have reserved names if that is allowed', async () => {
    const { cvmain, home } = await setUp(atEnd, { allowReserved: true });
    rightOf(await registerIntegration(cvmain.address, 'vg:upgrader'));
    expect(await stored(home)).to.deep.equal([{ name: 'vg:upgrader' }]);
  });

  it('are refused beyond the thousandth', async () => {
    const { cvmain } = await setUp(atEnd);
    for (let number = 0; number < 1000; number++)
      expect((await cvmain.register(`int${number}`)).success).to.equal(true);
    expect(await cvmain.register('one too many')).to.include({ success: false, code: 4 });
    expect(await cvmain.register('int5', at(6001))).to.include({ success: true });
  });

  it('can’t be unregistered if they are not registered', async () => {
    const { cvmain } = await setUp(atEnd);
    const outcome = await unregisterIntegration(cvmain.address, 'int1');
    expect(leftOf(outcome)).to.deep.equal({ reason: 'refused', code: 3, detail: 'no such integration' });
  });

  it('are refused, and not remembered, if they can’t be written', async () => {
    const { cvmain, home } = await setUp(atEnd);
    await rm(join(home, 'mq'), { recursive: true });
    expect(leftOf(await registerIntegration(cvmain.address, 'int1'))).to.include({
      reason: 'refused',
      code: 4,
    });
    expect(leftOf(await unregisterIntegration(cvmain.address, 'int1'))).to.include({ code: 3 });
  });
});
