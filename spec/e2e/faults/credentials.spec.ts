import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { layout } from '../../../lib/config/layout.js';
import { writeCredentials } from '../../../sim/cvmain-home.js';
import { endingAfterTest } from '../../rig/at-end.js';
import { holdCalls } from '../../rig/held-calls.js';
import { keepLedger } from '../../rig/ledger.js';
import { renewedUnitToken, unitToken, username } from '../../rig/login.js';
import { type Mosquitto, startMosquitto } from '../../rig/mosquitto.js';
import { itWithMosquitto } from '../../rig/programs.js';
import { startRig, valueIn } from '../../rig/rig.js';
import { startServer } from '../../rig/server.js';
import { tapWire } from '../../rig/wire-tap.js';

describe('mq.json', () => {
  const atEnd = endingAfterTest();

  /** A daemon at this broker; a call for `slow` hangs until `calls` releases it. */
  async function start(broker: Mosquitto) {
    const calls = holdCalls(({ msg_type }) => msg_type === 'slow-do');
    const tap = await tapWire(atEnd, broker.port);
    const ledger = keepLedger(tap);
    const rig = await startRig(atEnd, {
      brokerUrl: tap.url,
      integrations: ['fast', 'slow'],
      intercept: calls.intercept,
      settings: { patience_ms: 600_000 },
    });
    const daemon = await rig.connected();
    const bodies = () => rig.received.entries.map((each) => valueIn(each, 'body'));
    return { calls, tap, ledger, ...rig, daemon, bodies };
  }

  const send = async (broker: Mosquitto, name: string, body: string): Promise<void> => {
    const server = await startServer(atEnd, broker.url);
    await server.send(username, { function: name, body });
  };

  itWithMosquitto('is half-written first, then whole: the daemon moves once, with its session', async () => {
    const broker = await startMosquitto(atEnd);
    const { calls, tap, home, received, daemon, bodies } = await start(broker);
    await send(broker, 'fast-do', 'settled');
    await received.filled('the settled message', 1);
    await send(broker, 'slow-do', 'pending');
    await calls.arrived.filled('the pending call', 2);

    const file = layout(home).credentials;
    const whole = (await readFile(file, 'utf8')).replace(unitToken, renewedUnitToken);
    await writeFile(file, whole.slice(0, whole.length / 2));
    expect(await daemon.logged('file-broken')).to.include({ level: 'warn', file });
    await send(broker, 'fast-do', 'meanwhile');
    await received.filled('a message with the old login', 2);
    expect(daemon.count('connected')).to.equal(1);

    // mosquitto closes the connection with the old token: the daemon sees that first, or the file.
    tap.goSilent();
    await broker.renewUnitToken(renewedUnitToken);
    await writeFile(file, whole);
    expect(await daemon.logged('connected', 2)).to.include({ session_present: true });
    calls.releaseAll();
    await send(broker, 'fast-do', 'last');
    await received.filled('all messages', 4);
    expect(await daemon.stop()).to.include({ code: 0 });
    expect(bodies().sort()).to.deep.equal(['last', 'meanwhile', 'pending', 'settled']);
    expect(daemon.count('connected')).to.equal(2);
    expect(daemon.count('disconnected')).to.equal(0);
    expect(daemon.count('file-broken')).to.equal(1);
  });

  itWithMosquitto(
    'names another broker: the daemon moves there, and finishes the calls in flight',
    async () => {
      const [here, there] = [await startMosquitto(atEnd), await startMosquitto(atEnd)];
      const { calls, ledger, home, received, daemon, bodies } = await start(here);
      await send(here, 'fast-do', 'settled');
      await ledger.acknowledged.filled('the acknowledged message', 1);
      await send(here, 'slow-do', 'pending');
      await calls.arrived.filled('the pending call', 2);

      await writeCredentials(home, there.url, username, unitToken);
      const moved = await daemon.logged('connected', 2);
      expect(moved).to.include({ session_present: false });
      expect(moved.message).to.contain(`127.0.0.1:${there.port}`);
      await daemon.logged('subscribed', 2);
      await send(there, 'fast-do', 'there');
      await send(here, 'fast-do', 'left behind');
      await received.first('a message of the new broker', (each) => valueIn(each, 'body') === 'there');
      calls.releaseAll();
      await received.first('the pending message', (each) => valueIn(each, 'body') === 'pending');

      await writeCredentials(home, here.url, username, unitToken);
      expect(await daemon.logged('connected', 3)).to.include({ session_present: true });
      await received.first('what stayed behind', (each) => valueIn(each, 'body') === 'left behind');
      expect(await daemon.stop()).to.include({ code: 0 });
      const times = (body: string): number => bodies().filter((each) => each === body).length;
      for (const body of ['settled', 'there', 'left behind']) expect(times(body), body).to.equal(1);
      // It could not be acknowledged at its own broker, which sends it again when the daemon comes back.
      expect(times('pending')).to.equal(2);
      expect(daemon.count('disconnected')).to.equal(0);
    },
  );
});
