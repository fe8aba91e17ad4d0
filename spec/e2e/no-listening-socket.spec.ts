import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { startServer } from '../rig/server.js';
import { listsSockets, socketsOf } from '../rig/sockets.js';

const itOnLinux = (title: string, test: () => Promise<void>): void => {
  if (listsSockets) itWithMosquitto(title, test);
  else it(`${title} (needs /proc)`);
};

describe('the daemon', () => {
  const atEnd = endingAfterTest();

  itOnLinux('has no socket that anyone could connect with or send to, while it forwards', async () => {
    const broker = await startMosquitto(atEnd);
    let look: () => Promise<void> = async () => undefined;
    const rig = await startRig(atEnd, {
      brokerUrl: broker.url,
      integrations: ['int1'],
      intercept: async (_request, pass) => {
        await look();
        return pass();
      },
    });
    const daemon = await rig.connected();
    const sockets: Awaited<ReturnType<typeof socketsOf>>[] = [];
    look = async () => {
      sockets.push(await socketsOf(daemon.pid));
    };
    const server = await startServer(atEnd, broker.url);
    for (const body of ['one', 'two']) await server.send(username, { function: 'int1-open', body });
    await rig.received.filled('notifications', 2);

    expect(sockets).to.have.length(2);
    // One to the broker, one to cvmain; stdin, stdout and stderr may be sockets in a test.
    for (const { count, open } of sockets) {
      expect(count).to.be.at.least(2);
      expect(open).to.deep.equal([]);
    }
  });

  itOnLinux('would be found out: this process has a socket of each kind', async () => {
    const before = (await socketsOf(process.pid)).open.map(({ line }) => line);
    const local = createServer();
    local.listen(join(await temporaryDirectory(atEnd), 'socket'));
    await once(local, 'listening');
    atEnd(() => local.close());
    // cvmain's TCP port, the app's UDP port.
    await startRig(atEnd, { brokerUrl: 'mqtt://127.0.0.1:1883' });
    const now = (await socketsOf(process.pid)).open.filter(({ line }) => !before.includes(line));
    expect(now.map(({ table }) => table)).to.include.members(['tcp', 'udp', 'unix']);
  });
});
