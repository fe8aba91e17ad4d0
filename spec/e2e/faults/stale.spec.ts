import { expect } from 'chai';
import { endingAfterTest } from '../../rig/at-end.js';
import type { LogEntry } from '../../rig/daemon.js';
import { deadLetters } from '../../rig/dead-letters.js';
import { username } from '../../rig/login.js';
import { measured } from '../../rig/measured.js';
import { startMosquitto } from '../../rig/mosquitto.js';
import { itWithMosquitto } from '../../rig/programs.js';
import { valueIn } from '../../rig/rig.js';
import { startServer } from '../../rig/server.js';
import { startServer5 } from '../../rig/server5.js';
import { startUnit } from '../../rig/unit.js';

/** Lifetimes of the messages, ms: one by its envelope, the other by MQTT 5, which counts seconds. */
const lifetimes = { envelope: 700, mqtt: 1_000 };

describe('an expired message', () => {
  const atEnd = endingAfterTest();

  /** Sends the integration a message of each kind. */
  async function start(settings: object = {}) {
    const broker = await startMosquitto(atEnd);
    const unit = await startUnit(atEnd, { brokerUrl: broker.url, integrations: ['int1'], settings });
    const daemon = await unit.connected('--log-level', 'debug');
    const server = await startServer(atEnd, broker.url);
    const server5 = await startServer5(atEnd, broker.url);
    const send = (name: string, body: string): Promise<void> =>
      server.send(username, { function: name, body });
    const sendMortals = async (name: string): Promise<void> => {
      await server.send(username, { function: name, body: 'envelope', timeout: lifetimes.envelope });
      await server5.send(username, { function: name, body: 'mqtt' }, { expiryS: lifetimes.mqtt / 1_000 });
    };
    const isExpired = ({ event, reason }: LogEntry): boolean => event === 'settled' && reason === 'expired';
    const bothExpired = async (): Promise<void> => {
      await daemon.log.first('settled as expired', isExpired, { nth: 2 });
      const took = daemon.log.entries.filter(isExpired).map((line) => Number(line['took_ms']));
      measured(`settled as expired after ${took.join(' and ')} ms`);
    };
    /** Ends the daemon, checks that both are dead letters, and returns the calls. */
    const called = async (): Promise<readonly string[]> => {
      expect(await daemon.stop()).to.include({ code: 0 });
      const letters = await deadLetters(unit.home);
      expect(letters.map(({ reason }) => reason)).to.deep.equal(['expired', 'expired']);
      return unit.cvmain.events.entries.filter(({ event }) => event === 'called').map(({ body }) => body);
    };
    return { ...unit, daemon, send, sendMortals, bothExpired, called };
  }

  itWithMosquitto('while its app is not registered is not delivered when the app comes', async () => {
    const { app, cvmainAddr, send, sendMortals, bothExpired, received, called } = await start();
    await sendMortals('int2-open');
    await bothExpired();
    await app.registerWith(cvmainAddr, 'int2');
    await send('int2-open', 'after');
    await received.filled('the next message', 1);
    expect(await called()).to.deep.equal(['after']);
  });

  itWithMosquitto('while cvmain is away is not delivered when it comes back', async () => {
    const { cvmain, send, sendMortals, bothExpired, received, called } = await start();
    await cvmain.kill();
    await sendMortals('int1-open');
    await bothExpired();
    await send('int1-open', 'after');
    await cvmain.start();
    await received.filled('the next message', 1);
    expect(await called()).to.deep.equal(['after']);
  });

  itWithMosquitto('while its call is retried is not retried any more', async () => {
    const { cvmain, send, sendMortals, bothExpired, received, called } = await start({
      call_deadline_ms: 200,
    });
    cvmain.freeze();
    await sendMortals('int1-open');
    await bothExpired();
    cvmain.thaw();
    await send('int1-open', 'after');
    await received.first('the next message', (each) => valueIn(each, 'body') === 'after');
    // The one call that cvmain had not read before its deadline: no other was made.
    expect((await called()).filter((body) => body !== 'envelope')).to.deep.equal(['after']);
  });

  itWithMosquitto('while it is queued behind a slow one is not delivered after it', async () => {
    const { send, sendMortals, bothExpired, received, called } = await start();
    const slow = 'first=late=1500';
    await send('int1-open', slow);
    await sendMortals('int1-open');
    await send('int1-open', 'after');
    await bothExpired();
    await received.filled('the slow one and the last', 2);
    expect(await called()).to.deep.equal([slow, 'after']);
  });
});
