import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { expect } from 'chai';
import { bindIsSlow, openStream } from '../../../lib/grpc/open-stream.js';
import { endingAfterTest } from '../../rig/at-end.js';
import { answer, startRawServer } from '../../support/raw-server.js';

const isOld = Number(process.versions.node.split('.')[0]) < 25;
const post = { ':method': 'POST' };

describe('openStream', () => {
  const atEnd = endingAfterTest();
  const { bind } = AsyncResource.prototype;

  afterEach(() => {
    AsyncResource.prototype.bind = bind;
  });

  const connecting = async (): Promise<ClientHttp2Session> => {
    const server = await startRawServer(atEnd, (stream) => answer(stream));
    const session = connect(`http://${server.address}`);
    atEnd(() => session.destroy());
    return session;
  };
  const connected = async (): Promise<ClientHttp2Session> => {
    const session = await connecting();
    await once(session, 'remoteSettings');
    return session;
  };
  /** Number of real calls of `bind` during a call. */
  const bindsIn = (call: () => void): number => {
    let binds = 0;
    const counting: typeof bind = function (this: AsyncResource, fn) {
      binds += 1;
      return Reflect.apply(bind, this, [fn]);
    };
    AsyncResource.prototype.bind = counting;
    call();
    expect(AsyncResource.prototype.bind, 'bind after it').to.equal(counting);
    return binds;
  };

  it('skips the one bind of a request, on versions of Node.js where it is slow', async () => {
    expect(bindIsSlow).to.equal(isOld);
    const session = await connected();
    expect(bindsIn(() => session.request(post).end())).to.equal(1);
    expect(bindsIn(() => openStream(session, post).end())).to.equal(isOld ? 0 : 1);
  });

  it('does not skip the bind of a session that is still connecting, which needs it', async () => {
    const session = await connecting();
    expect(bindsIn(() => openStream(session, post).end())).to.equal(1);
  });

  it('skips no other bind', async () => {
    const session = await connected();
    const itself = (): void => undefined;
    const bound: unknown[] = [];
    const { request } = session;
    session.request = (...args) => {
      const stream = Reflect.apply(request, session, args);
      bound.push(new AsyncResource('another').bind(itself));
      return stream;
    };
    openStream(session, post).end();
    expect(bound).to.have.length(1).and.not.include(itself);
  });

  it('restores AsyncResource.bind, even if no stream was opened', async () => {
    const session = await connected();
    session.request = () => {
      throw new Error('no stream');
    };
    expect(() => openStream(session, post)).to.throw('no stream');
    expect(AsyncResource.prototype.bind).to.equal(bind);
  });

  for (const [title, start] of Object.entries({ connected, connecting }))
    it(`a stream of a session that is ${title}: its answer comes in the context of the request`, async () => {
      const session = await start();
      const context = new AsyncLocalStorage<string>();
      const seen = await new Promise((resolve) => {
        const stream = context.run('the caller', () => openStream(session, post));
        stream.on('response', () => resolve(context.getStore()));
        stream.end();
      });
      expect(seen).to.equal('the caller');
    });
});
