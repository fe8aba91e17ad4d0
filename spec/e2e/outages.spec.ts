import { expect } from 'chai';
import { endingAfterTest } from '../rig/at-end.js';
import { holdCalls } from '../rig/held-calls.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig, valueIn } from '../rig/rig.js';
import { startServer } from '../rig/server.js';

const names = Array.from({ length: 10 }, (_, at) => `int${at}`);
const bodies = Array.from({ length: 2_000 }, (_, at) => `${at}`);
/** Number of messages received before the outage. */
const some = 100;
const half = bodies.length / 2;

describe('outages lose nothing:', () => {
  const atEnd = endingAfterTest();

  /** Answers calls until some messages are received; later ones wait for `calls.releaseAll`. */
  async function start() {
    let arrived = 0;
    const calls = holdCalls(() => ++arrived > some);
    const { intercept } = calls;
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: names, intercept });
    const daemon = await rig.connected();
    const publish = async (part: readonly string[]): Promise<void> => {
      const server = await startServer(atEnd, broker.url);
      const send = (body: string) =>
        server.send(username, { function: `int${Number(body) % names.length}-do`, body });
      await Promise.all(part.map(send));
    };
    /** All messages came; some may have come twice. */
    const allReceived = async (): Promise<void> => {
      const missing = new Set(bodies);
      const isLast = (notification: (typeof rig.received.entries)[number]): boolean => {
        missing.delete(valueIn(notification, 'body') ?? '');
        return missing.size === 0;
      };
      await rig.received.first('last message', isLast).catch((late: unknown) => {
        throw new Error(`${missing.size} messages are missing`, { cause: late });
      });
    };
    await publish(bodies.slice(0, half));
    await rig.received.filled('the first messages', some);
    await calls.arrived.filled('calls that are held', some + names.length);
    return { calls, broker, rig, daemon, publish, allReceived };
  }

  itWithMosquitto('the broker is stopped and started again while messages flow', async () => {
    const { calls, broker, daemon, publish, allReceived } = await start();
    await broker.stop();
    calls.releaseAll();
    await broker.start();
    await publish(bodies.slice(half));
    await allReceived();
    expect(daemon.count('connected')).to.equal(2);
    expect(await daemon.stop()).to.include({ code: 0 });
  });

  itWithMosquitto('cvmain goes away with the calls in flight, and comes back', async () => {
    const { calls, rig, daemon, publish, allReceived } = await start();
    await rig.cvmain.suspend();
    calls.releaseAll();
    await publish(bodies.slice(half));
    await daemon.logged('cvmain-away');
    await rig.cvmain.resume();
    await allReceived();
    expect(daemon.count('cvmain-away')).to.equal(1);
    expect(daemon.count('disconnected')).to.equal(0);
    expect(await daemon.stop()).to.include({ code: 0 });
  });

  itWithMosquitto('the daemon is killed with calls in flight, and started again', async () => {
    const { calls, rig, daemon, publish, allReceived } = await start();
    expect(await daemon.end('SIGKILL')).to.include({ signal: 'SIGKILL' });
    calls.releaseAll();
    await publish(bodies.slice(half));
    const next = await rig.connected();
    await allReceived();
    expect(await next.stop()).to.include({ code: 0 });
  });
});
