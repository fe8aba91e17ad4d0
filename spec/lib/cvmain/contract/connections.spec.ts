import { once } from 'node:events';
import { constants, type ServerHttp2Stream } from 'node:http2';
import { expect } from 'chai';
import { connectCvmain } from '../../../../lib/cvmain/client.js';
import { endingAfterTest } from '../../../rig/at-end.js';
import { kindsOf, libraries, notify, send, sendMany, sendUntilThere } from '../../../support/grpc-clients.js';
import { answer, startRawServer, startStranger } from '../../../support/raw-server.js';

const ignore = (): void => undefined;
const large = { type: 'int1-open', vals: [{ k: 'body', v: 'x'.repeat(30_000) }] };

for (const library of libraries)
  describe(`the client by ${library} and a connection`, () => {
    const atEnd = endingAfterTest();

    const connected = (address: string, callDeadlineMs = 5_000) => {
      const client = connectCvmain({ library, address, callDeadlineMs });
      atEnd(client.close);
      return client;
    };
    const withServer = async (...args: [(stream: ServerHttp2Stream) => void, ...settings: object[]]) => {
      const server = await startRawServer(atEnd, ...args);
      return { server, client: connected(server.address) };
    };

    for (const maxConcurrentStreams of [1, 8])
      it(`that takes ${maxConcurrentStreams} calls at once: it makes no more, and the others wait`, async () => {
        let [open, most] = [0, 0];
        const handle = (stream: ServerHttp2Stream): void => {
          most = Math.max(most, ++open);
          stream.once('close', () => open--);
          stream.once('end', () => answer(stream)).resume();
        };
        const { client, server } = await withServer(handle, { maxConcurrentStreams });
        await send(client);
        const outcomes = await sendMany(client, 300, 32);
        expect(kindsOf(outcomes)).to.deep.equal({ accepted: 300 });
        expect(most).to.equal(maxConcurrentStreams);
        expect(server.sessions.entries).to.have.length(1);
      });

    it('that takes one call at once: a waiting call ends at its deadline, and the next one is sent', async () => {
      let handle: (stream: ServerHttp2Stream) => void = ignore;
      const server = await startRawServer(atEnd, (stream) => handle(stream), { maxConcurrentStreams: 1 });
      const client = connected(server.address, 200);
      const outcomes = await Promise.all([send(client), send(client), send(client)]);
      expect(kindsOf(outcomes)).to.deep.equal({ away: 3 });
      handle = answer;
      expect(await send(client)).to.deep.equal({ kind: 'accepted' });
    });

    it('resets the stream of a call whose deadline has passed', async () => {
      const server = await startRawServer(atEnd, ignore);
      const call = send(connected(server.address, 100));
      const stream = await server.streams.first('the call');
      await once(stream, 'close');
      expect(stream.rstCode).to.equal(constants.NGHTTP2_CANCEL);
      expect(await call).to.have.property('kind', 'away');
    });

    for (const initialWindowSize of [1, 100])
      it(`with a window of ${initialWindowSize} bytes: it sends a large notification`, async () => {
        const read = (stream: ServerHttp2Stream): void => {
          stream.once('end', () => answer(stream)).resume();
        };
        const { client } = await withServer(read, { initialWindowSize });
        expect(
          await notify(client, { type: 'int1-open', vals: [{ k: 'body', v: 'x'.repeat(1_000) }] }),
        ).to.deep.equal({
          kind: 'accepted',
        });
      });

    it('whose window the server never opens: it gives up at the deadline', async () => {
      const server = await startRawServer(atEnd, (stream) => stream.once('end', () => answer(stream)));
      const client = connected(server.address, 300);
      const stuck = await Promise.all(Array.from({ length: 8 }, () => notify(client, large)));
      expect(kindsOf(stuck)).to.deep.equal({ away: 8 });
    });

    it('that is cut: it finds cvmain away, and connects again', async () => {
      let handle: (stream: ServerHttp2Stream) => void = ignore;
      const { client, server } = await withServer((stream) => handle(stream));
      const outcomes = sendMany(client, 8, 8);
      await server.streams.first('streams', () => true, { nth: 8 });
      handle = answer;
      for (const socket of server.sockets.entries) socket.destroy();
      expect(kindsOf(await outcomes)).to.deep.equal({ away: 8 });
      expect(await sendUntilThere(client)).to.deep.equal({ kind: 'accepted' });
      expect(server.sessions.entries).to.have.length(2);
    });

    it('that the server half-closes: it connects again', async () => {
      let handle: (stream: ServerHttp2Stream) => void = ignore;
      const { client, server } = await withServer((stream) => handle(stream));
      const call = send(client);
      await server.streams.first('the call');
      handle = answer;
      for (const socket of server.sockets.entries) socket.end();
      expect(await call).to.have.property('kind', 'away');
      expect(await sendUntilThere(client)).to.deep.equal({ kind: 'accepted' });
    });

    it('that ends with GOAWAY: it finishes its calls, and makes the next one on another connection', async () => {
      const held: ServerHttp2Stream[] = [];
      let handle = (stream: ServerHttp2Stream): void => void held.push(stream);
      const { client, server } = await withServer((stream) => handle(stream));
      const calls = sendMany(client, 8, 8);
      await server.streams.first('streams', () => true, { nth: 8 });
      handle = answer;
      const session = await server.sessions.first('a session');
      session.goaway(0, held.at(-1)?.id);
      expect(await sendUntilThere(client)).to.deep.equal({ kind: 'accepted' });
      for (const stream of held) answer(stream);
      expect(kindsOf(await calls)).to.deep.equal({ accepted: 8 });
      expect(server.sessions.entries).to.have.length(2);
    });

    it('that ends with GOAWAY and an error: it finds cvmain away, and connects again', async () => {
      let handle: (stream: ServerHttp2Stream) => void = ignore;
      const { client, server } = await withServer((stream) => handle(stream));
      const call = send(client);
      await server.streams.first('the call');
      handle = answer;
      (await server.sessions.first('a session')).goaway(11);
      expect(await call)
        .to.have.property('kind')
        .that.is.oneOf(['away', 'failed']);
      expect(await sendUntilThere(client)).to.deep.equal({ kind: 'accepted' });
    });

    const strangers: readonly (readonly [string, Parameters<typeof startStranger>[1]])[] = [
      ['closes it at once', (socket) => socket.destroy()],
      ['speaks HTTP/1.1', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
      ['sends garbage', (socket) => socket.write(Buffer.alloc(100_000, 0xff))],
      ['sends half a frame', (socket) => socket.write(Buffer.from([0, 0, 6, 4]))],
      ['sends nothing', ignore],
      ['reads nothing', (socket) => socket.pause()],
    ];
    for (const [title, handle] of strangers)
      it(`to a listener that ${title}: it finds cvmain away each time`, async () => {
        const client = connected(await startStranger(atEnd, handle), 200);
        expect(kindsOf(await sendMany(client, 8, 4))).to.deep.equal({ away: 8 });
      });

    it('that can’t be made: it says why', async () => {
      const listener = await startRawServer(atEnd, ignore);
      const port = listener.address.split(':')[1];
      for (const host of ['[::1]', 'nobody.invalid', '1.2.3.999']) {
        const outcome = await send(connected(`${host}:${port}`));
        expect(outcome, host).to.have.property('kind', 'away');
        expect(outcome)
          .to.have.property('detail')
          .that.matches(/^UNAVAILABLE: ./);
      }
    });

    it('to a host name: it connects', async () => {
      const server = await startRawServer(atEnd, (stream) => answer(stream));
      const client = connected(server.address.replace('127.0.0.1', 'localhost'));
      expect(await send(client)).to.deep.equal({ kind: 'accepted' });
    });
  });
