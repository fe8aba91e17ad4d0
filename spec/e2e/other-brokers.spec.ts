import { expect } from 'chai';
import { endingAfterTest } from '../rig/at-end.js';
import { holdCalls } from '../rig/held-calls.js';
import { username } from '../rig/login.js';
import { startNats } from '../rig/nats.js';
import { packetIds, passed } from '../rig/passed.js';
import { itWith } from '../rig/programs.js';
import { startRabbitmq } from '../rig/rabbitmq.js';
import { startRig, valueIn } from '../rig/rig.js';
import { startServer } from '../rig/server.js';
import { type Passed, tapWire } from '../rig/wire-tap.js';

const isPuback = ({ packet }: Passed): boolean => packet.cmd === 'puback';
const isAgain = ({ packet }: Passed): boolean => packet.cmd === 'publish' && packet.dup;

describe('other brokers', () => {
  const atEnd = endingAfterTest();

  async function start(port: number, more: object = {}) {
    // A message that waits long would be spooled, and acknowledged.
    const settings = { patience_ms: 600_000, ...more };
    const calls = holdCalls();
    const tap = await tapWire(atEnd, port);
    const { intercept } = calls;
    const rig = await startRig(atEnd, { brokerUrl: tap.url, integrations: ['int1'], intercept, settings });
    const daemon = await rig.connected();
    const server = await startServer(atEnd, `mqtt://127.0.0.1:${port}`);
    const send = (body: string) => server.send(username, { function: 'int1-open', body });
    const bodies = () => rig.accepted.entries.map((each) => valueIn(each, 'body'));
    return { calls, tap, rig, daemon, send, bodies };
  }

  describe('RabbitMQ', () => {
    itWith('rabbitmq-server', 'epmd')(
      'closes on MQTT 5, so 3.1.1 is used; messages that it renumbers after a reconnect are recognised',
      async () => {
        const { port } = await startRabbitmq(atEnd);
        const { calls, tap, daemon, send, bodies } = await start(port);
        expect(await daemon.logged('connected')).to.include({ mqtt_version: '3.1.1' });
        await send('first');
        await calls.arrived.filled('the first call', 1);
        calls.release('first');
        await tap.packets.first('its PUBACK', isPuback);
        // Two equal commands are pending when the connection drops, and a third one follows.
        for (const body of ['same', 'same']) await send(body);
        await calls.arrived.filled('a pending call', 2);
        await tap.packets.first('both', ({ packet }) => packet.cmd === 'publish', { nth: 3 });
        tap.cut();
        await tap.packets.first('both again', isAgain, { nth: 2 });
        await send('same');
        calls.releaseAll();
        await tap.packets.first('PUBACK', isPuback, { nth: 4 });
        expect(await daemon.stop()).to.include({ code: 0 });
        expect(bodies()).to.deep.equal(['first', 'same', 'same', 'same']);
        const ids = packetIds(tap, 'publish');
        expect(ids.slice(3), 'numbered anew').to.deep.equal([1, 2, 3]);
        expect(packetIds(tap, 'puback')).to.deep.equal([ids[0], 1, 2, 3]);
      },
    );

    itWith('rabbitmq-server', 'epmd')(
      'sends equal commands into a dead connection: none is mistaken for an acknowledged one',
      async () => {
        const { port } = await startRabbitmq(atEnd);
        const { calls, tap, daemon, send, bodies } = await start(port, { keepalive_s: 4 });
        calls.releaseAll();
        await send('same');
        await tap.packets.first('PUBACK', isPuback);
        tap.goSilent();
        for (const body of ['same', 'same', 'same']) await send(body);
        await tap.packets.first('PUBACK on the next connection', isPuback, { nth: 4 });
        expect(await daemon.stop()).to.include({ code: 0 });
        expect(bodies().length, 'notified').to.be.at.least(4);
      },
    );
  });

  describe('NATS', () => {
    itWith('nats-server')(
      'resends unacknowledged messages on the same connection: each is notified and acknowledged once',
      async () => {
        const { port } = await startNats(atEnd, 1);
        const { calls, tap, daemon, send, bodies } = await start(port);
        expect(await daemon.logged('connected')).to.include({ mqtt_version: '3.1.1' });
        await send('slow');
        await calls.arrived.filled('the call', 1);
        await tap.packets.first('the message again', isAgain, { nth: 2 });
        calls.releaseAll();
        await tap.packets.first('PUBACK', isPuback);
        await send('next');
        await tap.packets.first('PUBACK', isPuback, { nth: 2 });
        expect(await daemon.stop()).to.include({ code: 0 });
        expect(bodies()).to.deep.equal(['slow', 'next']);
        expect(passed(tap, 'puback')).to.have.length(2);
        expect(daemon.count('disconnected')).to.equal(0);
      },
    );
  });
});
