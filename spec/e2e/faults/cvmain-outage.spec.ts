import { expect } from 'chai';
import { endingAfterTest } from '../../rig/at-end.js';
import type { LogEntry } from '../../rig/daemon.js';
import { measured } from '../../rig/measured.js';
import { startMosquitto } from '../../rig/mosquitto.js';
import { distinct, outOfOrder, startSender } from '../../rig/orders.js';
import { passed } from '../../rig/passed.js';
import { itWithMosquitto } from '../../rig/programs.js';
import { startUnit } from '../../rig/unit.js';
import { type Passed, tapWire, type WireTap } from '../../rig/wire-tap.js';
import { libraries } from '../../support/grpc-clients.js';

const names = Array.from({ length: 10 }, (_, at) => `int${at}`);

/** Waits for answered pings of the daemon until this time has passed. */
const pingsAnswered = async (tap: WireTap, ms: number): Promise<void> => {
  const isAnswer = ({ packet }: Passed): boolean => packet.cmd === 'pingresp';
  const since = Date.now();
  do await tap.packets.first('answered ping', isAnswer, { nth: passed(tap, 'pingresp').length + 1 });
  while (Date.now() - since < ms);
};

for (const library of libraries)
  describe(`cvmain is away, with ${library}: the daemon`, () => {
    const atEnd = endingAfterTest();
    /** Duration of each outage, ms. The long one is 3 keepalives: the connection to the broker must survive it. */
    const outages = library === 'http2' ? [15_000, 0] : [0, 0];

    async function start(settings: object) {
      const broker = await startMosquitto(atEnd);
      const tap = await tapWire(atEnd, broker.port);
      const unit = await startUnit(atEnd, {
        brokerUrl: tap.url,
        integrations: names,
        settings: { ...settings, grpc_client: library },
      });
      const daemon = await unit.connected('--log-level', 'debug');
      const sender = await startSender(
        atEnd,
        broker.url,
        names.map((name) => `${name}-do`),
      );
      const isNotified = ({ message }: LogEntry): boolean => message.endsWith(': notified');
      const allNotified = async (): Promise<void> => {
        await daemon.log.first('settled message', isNotified, { nth: sender.sent.length });
      };
      return { tap, ...unit, daemon, sender, allNotified };
    }

    itWithMosquitto(`waits each time (${outages.join(' and ')} ms), with one probe at a time`, async () => {
      const { tap, calls, cvmain, daemon, sender, allNotified } = await start({ keepalive_s: 5 });
      await sender.send(50);
      await allNotified();
      for (const [outage, ms] of outages.entries()) {
        await cvmain.kill();
        const [before, since] = [calls.steps.entries.length, Date.now()];
        await sender.send(100);
        await daemon.logged('cvmain-away', outage + 1);
        await pingsAnswered(tap, ms);
        const steps = calls.steps.entries.slice(before);
        expect(Math.max(...steps.map(({ open }) => open)), 'calls at once').to.be.at.most(1);
        const lasted = Date.now() - since;
        const accepted = cvmain.accepted.entries.length;
        await cvmain.start();
        await allNotified();
        const returned = cvmain.events.entries.findLast(({ event }) => event === 'starting');
        const resumed = (cvmain.accepted.entries[accepted]?.at ?? 0) - (returned?.at ?? 0);
        measured(`away ${lasted} ms, ${steps.length} attempts to reach it, resumed after ${resumed} ms`);
        expect(resumed, 'ms from its return to the next message').to.be.within(0, 1_000);
      }
      expect(cvmain.accepted.entries).to.have.length(sender.sent.length);
      expect(outOfOrder(cvmain.accepted.entries)).to.deep.equal([]);
      expect(daemon.count('connected')).to.equal(1);
      expect(daemon.count('disconnected')).to.equal(0);
      expect(passed(tap, 'connect')).to.have.length(1);
      expect(await daemon.stop()).to.include({ code: 0 });
      expect(await daemon.logged('stopped')).to.include({ notified: sender.sent.length });
    });

    itWithMosquitto(
      'sends one probe at a time even if cvmain accepts connections and answers nothing',
      async () => {
        const deadline = 500;
        const settings = { keepalive_s: 4, call_deadline_ms: deadline };
        const { tap, calls, cvmain, daemon, sender, allNotified } = await start(settings);
        const accepted = distinct(cvmain.accepted);
        cvmain.freeze();
        await sender.send(100);
        await calls.steps.first('calls', ({ open }) => open === names.length);
        const first = calls.steps.entries.length;
        await daemon.logged('cvmain-away');
        await pingsAnswered(tap, 5_000);
        // The first probe is opened at the first deadline: the other calls end at theirs, moments later.
        const probes = calls.steps.entries.slice(first + 1);
        expect(probes.filter(({ open }) => open > 1)).to.deep.equal([]);
        const thawed = Date.now();
        cvmain.thaw();
        await allNotified();
        const resumed = (cvmain.accepted.entries[0]?.at ?? 0) - thawed;
        const repeated = cvmain.accepted.entries.length - sender.sent.length;
        measured(`${probes.length} probes, resumed after ${resumed} ms, ${repeated} repeated`);
        expect(resumed, 'ms from its return to the next message').to.be.within(0, 1_000);
        // At most one late execution for each integration.
        expect(repeated).to.be.at.most(names.length);
        expect(outOfOrder(accepted.entries)).to.deep.equal([]);
        expect(accepted.entries).to.have.length(sender.sent.length);
        expect(daemon.count('connected')).to.equal(1);
        expect(daemon.count('disconnected')).to.equal(0);
        expect(await daemon.stop()).to.include({ code: 0 });
        expect(await daemon.logged('stopped')).to.include({ notified: sender.sent.length });
      },
    );
  });
