import { once } from 'node:events';
import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { expect } from 'chai';
import { connectCvmain } from '../../../../lib/cvmain/client.js';
import { endingAfterTest } from '../../../rig/at-end.js';
import { Journal } from '../../../rig/journal.js';
import { kindsOf, libraries, send, sendMany, version } from '../../../support/grpc-clients.js';
import { answer, serving, startRawServer, startStranger } from '../../../support/raw-server.js';

const ignore = (): void => undefined;

for (const library of libraries)
  describe(`the client by ${library}`, () => {
    const atEnd = endingAfterTest();

    const connected = (address: string, callDeadlineMs = 5_000) => {
      const client = connectCvmain({ library, address, callDeadlineMs, probeDeadlineMs: callDeadlineMs });
      atEnd(client.close);
      return client;
    };
    const hangingUp = async () => {
      const visits: Socket[] = [];
      return { visits, address: await startStranger(atEnd, (socket) => visits.push(socket.destroy())) };
    };

    it('pauses after a failure to connect: calls fail asynchronously at once, with the reason', async () => {
      const { address, visits } = await hangingUp();
      const client = connected(address);
      const first = await send(client);
      const found = visits.length;
      const others = sendMany(client, 20, 20);
      let isReported = false;
      client.sendNotification({ type: 'int1-open', vals: [] }, { kind: 'notifier' }, () => {
        isReported = true;
      });
      expect(isReported, 'a report before the call returned').to.equal(false);
      expect(await others).to.deep.equal(Array.from({ length: 20 }, () => first));
      expect(visits).to.have.length(found);
    });

    it('reports nothing for a call that is cancelled in that pause', async () => {
      const { address } = await hangingUp();
      const client = connected(address);
      await send(client);
      const reports: unknown[] = [];
      client.sendNotification({ type: 'int1-open', vals: [] }, { kind: 'notifier' }, reports.push)();
      await send(client);
      expect(reports).to.deep.equal([]);
    });

    it('finds a server that starts within 400 ms', async () => {
      const { address, visits } = await hangingUp();
      const client = connected(address);
      const began = performance.now();
      // Like the daemon, it asks repeatedly.
      while (visits.length < 6) await send(client);
      expect((performance.now() - began) / 5).to.be.within(50, 400);
    });

    it('keeps a connection on which other calls are answered while one hangs', async () => {
      let isFirst = true;
      const server = await startRawServer(
        atEnd,
        serving((stream) => {
          if (!isFirst) answer(stream);
          isFirst = false;
        }),
      );
      const client = connected(server.address, 200);
      const hanging = send(client);
      await server.streams.first('the call that hangs');
      expect(await send(client)).to.deep.equal({ kind: 'accepted' });
      expect(await hanging).to.have.property('kind', 'away');
      expect(await send(client)).to.deep.equal({ kind: 'accepted' });
      expect(server.sessions.entries).to.have.length(1);
    });

    it('finishes the calls in flight when it is closed, makes no others, and leaves no socket', async () => {
      const held = new Journal<ServerHttp2Stream>();
      const server = await startRawServer(atEnd, held.put);
      const client = connected(server.address);
      const call = send(client);
      const stream = await held.first('the call');
      client.close();
      client.close();
      expect(await send(client)).to.deep.equal({
        kind: 'away',
        detail: 'UNAVAILABLE: the client is closed',
      });
      const socket = await server.sockets.first('the connection');
      const closed = once(socket, 'close');
      answer(stream);
      expect(await call).to.deep.equal({ kind: 'accepted' });
      await closed;
      expect(server.sessions.entries).to.have.length(1);
    });

    it('fails the calls that wait for a connection when it is closed', async () => {
      const visits = new Journal<Socket>();
      const client = connected(await startStranger(atEnd, visits.put));
      const calls = sendMany(client, 4, 4);
      await visits.first('the connection');
      client.close();
      expect(kindsOf(await calls)).to.deep.equal({ away: 4 });
    });

    it('leaves no timer that keeps the process alive, whatever the results of its calls', async () => {
      const timers = (): number =>
        process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
      const server = await startRawServer(atEnd, serving(ignore));
      const before = timers();
      const client = connected(server.address, 60_000);
      await version(client);
      client.sendNotification({ type: 'int1-open', vals: [] }, { kind: 'notifier' }, ignore)();
      const nobody = connected((await hangingUp()).address, 60_000);
      await send(nobody);
      client.close();
      nobody.close();
      expect(timers()).to.equal(before);
    });
  });
