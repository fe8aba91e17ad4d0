import { expect } from 'chai';
import { endingAfterTest } from '../../rig/at-end.js';
import { holdCalls } from '../../rig/held-calls.js';
import { username } from '../../rig/login.js';
import { measured } from '../../rig/measured.js';
import { startMosquitto } from '../../rig/mosquitto.js';
import { passed } from '../../rig/passed.js';
import { itWithMosquitto } from '../../rig/programs.js';
import { startRig, valueIn } from '../../rig/rig.js';
import { startServer } from '../../rig/server.js';
import { type Passed, tapWire } from '../../rig/wire-tap.js';

const keepalive_s = 4;

const isSentAgain = ({ packet }: Passed): boolean => packet.cmd === 'publish' && packet.dup;

const isPuback = ({ packet }: Passed): boolean => packet.cmd === 'puback';

describe('the broker', () => {
  const atEnd = endingAfterTest();

  /** The daemon has run a retained command, and a call is pending. */
  async function start(mqtt_version: string) {
    const calls = holdCalls(({ msg_type }) => msg_type === 'int2-open');
    const broker = await startMosquitto(atEnd);
    const tap = await tapWire(atEnd, broker.port);
    const rig = await startRig(atEnd, {
      brokerUrl: tap.url,
      integrations: ['int1', 'int2'],
      intercept: calls.intercept,
      settings: { mqtt_version, keepalive_s, patience_ms: 600_000 },
    });
    const daemon = await rig.connected();
    const send = async (name: string, body: string, retain = false): Promise<void> => {
      const server = await startServer(atEnd, broker.url);
      await server.send(username, { function: name, body }, { retain, topicLevel: body });
    };
    await send('int1-open', 'retained', true);
    await tap.packets.first('PUBACK of the retained command', isPuback);
    await send('int2-open', 'pending');
    await calls.arrived.filled('the pending call', 2);
    /** With 3.1.1 the broker sends the retained command again at each SUBSCRIBE; 5 can ask it not to. */
    const acknowledged = mqtt_version === '5' ? 3 : 4;
    /** The pending message was resent, and another one comes; each is notified once, and all are acknowledged. */
    const wentOn = async (): Promise<void> => {
      expect(await daemon.logged('connected', 2)).to.include({ session_present: true });
      await tap.packets.first('the pending message again', isSentAgain);
      calls.releaseAll();
      await rig.received.first('the last one', (each) => valueIn(each, 'body') === 'last');
      await tap.packets.first('the last PUBACK', isPuback, { nth: acknowledged });
      expect(await daemon.stop()).to.include({ code: 0 });
      const bodies = rig.received.entries.map((each) => valueIn(each, 'body'));
      expect(bodies.sort()).to.deep.equal(['last', 'pending', 'retained']);
      expect(await daemon.logged('stopped')).to.include({ notified: 3 });
      expect(passed(tap, 'subscribe')).to.have.length(2);
      expect(passed(tap, 'puback')).to.have.length(acknowledged);
    };
    return { broker, tap, calls, ...rig, daemon, send, wentOn };
  }

  for (const version of ['3.1.1', '5']) {
    itWithMosquitto(
      `is restarted: the session resumes, and nothing is repeated, MQTT ${version}`,
      async () => {
        const { broker, daemon, send, wentOn } = await start(version);
        await broker.stop();
        expect(await daemon.logged('disconnected')).to.include({ level: 'warn' });
        await broker.start();
        await send('int1-open', 'last');
        await wentOn();
      },
    );

    itWithMosquitto(`is behind a connection that goes dead silently, MQTT ${version}`, async () => {
      const { tap, daemon, send, wentOn } = await start(version);
      tap.goSilent();
      const since = Date.now();
      await send('int1-open', 'last');
      const { message } = await daemon.logged('disconnected');
      const noticed = Date.now() - since;
      measured(
        `a dead line was noticed after ${noticed} ms, with a keepalive of ${keepalive_s} s: ${message}`,
      );
      expect(noticed).to.be.at.most(1.5 * keepalive_s * 1_000);
      await wentOn();
    });

    itWithMosquitto(
      `is behind a dead connection when messages are settled: they are repeated once, in order, MQTT ${version}`,
      async () => {
        const { tap, calls, accepted, daemon, send } = await start(version);
        await send('int1-open', 'behind');
        await accepted.filled('the one behind the pending one', 2);
        tap.goSilent();
        calls.releaseAll();
        await accepted.filled('the pending one', 3);
        await daemon.logged('connected', 2);
        await tap.packets.first('the second one again', isSentAgain, { nth: 2 });
        await tap.packets.first('PUBACK', isPuback, { nth: 3 });
        expect(await daemon.stop()).to.include({ code: 0 });
        const bodies = accepted.entries.map((each) => valueIn(each, 'body'));
        measured(`settled while the line was dead, MQTT ${version}: ${bodies.length - 3} of 2 repeated`);
        expect(bodies.slice(0, 3)).to.deep.equal(['retained', 'behind', 'pending']);
        expect(bodies.slice(3)).to.have.members(['pending', 'behind']);
      },
    );
  }
});
