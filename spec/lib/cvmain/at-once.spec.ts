import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { expect } from 'chai';
import { atOnce } from '../../../lib/cvmain/at-once.js';
import { endingAfterTest } from '../../rig/at-end.js';
import { answer, startRawServer } from '../../support/raw-server.js';

describe('atOnce', () => {
  const atEnd = endingAfterTest();
  const { bind } = AsyncResource.prototype;

  it('binds nothing meanwhile, and gives what it is given', () => {
    const itself = (): void => undefined;
    expect(atOnce(() => new AsyncResource('a call').bind(itself))).to.equal(itself);
  });

  it('leaves AsyncResource.bind as it was, when it throws too', () => {
    expect(atOnce(() => AsyncResource.prototype.bind)).not.to.equal(bind);
    expect(AsyncResource.prototype.bind).to.equal(bind);
    const broken = (): never => {
      throw new Error('no stream');
    };
    expect(() => atOnce(broken)).to.throw('no stream');
    expect(AsyncResource.prototype.bind).to.equal(bind);
  });

  it('a stream’s answer comes in the context of the request', async () => {
    const server = await startRawServer(atEnd, (stream) => answer(stream));
    const session = connect(`http://${server.address}`);
    atEnd(() => session.destroy());
    await once(session, 'remoteSettings');
    const context = new AsyncLocalStorage<string>();
    const seen = await new Promise((resolve) => {
      const stream = context.run('the caller', () => atOnce(() => session.request({ ':method': 'POST' })));
      stream.on('response', () => resolve(context.getStore()));
      stream.end();
    });
    expect(seen).to.equal('the caller');
  });
});
