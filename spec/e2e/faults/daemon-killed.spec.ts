import { expect } from 'chai';
import { endingAfterTest } from '../../rig/at-end.js';
import { startDaemon } from '../../rig/daemon.js';
import { deadLetters } from '../../rig/dead-letters.js';
import { keepLedger } from '../../rig/ledger.js';
import { measured } from '../../rig/measured.js';
import { startMosquitto } from '../../rig/mosquitto.js';
import { distinct, outOfOrder, startSender } from '../../rig/orders.js';
import { itWithMosquitto } from '../../rig/programs.js';
import { seeded } from '../../rig/seeded.js';
import { startUnit } from '../../rig/unit.js';
import { tapWire } from '../../rig/wire-tap.js';

const kills = 6;
const messages = 2_000;
const windowMessages = 64;
const names = Array.from({ length: 10 }, (_, at) => `int${at}`);
/** The last one has no dash: a dead letter. */
const messageNames = [...names.map((name) => `${name}-do`), 'nobody'];

/** When a process may be killed: at a log entry, or after a number of notifications. */
const lines = ['starting', 'integrations', 'connected'];

/** Without the spool, and with it. */
const runs: readonly { readonly seed: number; readonly spool_max_bytes?: number }[] = [
  { seed: 1, spool_max_bytes: 0 },
  { seed: 2 },
];

describe('the daemon is killed at random moments under load', () => {
  const atEnd = endingAfterTest();

  for (const { seed, ...spool } of runs)
    itWithMosquitto(`and loses nothing; only messages in flight are repeated (seed ${seed})`, async () => {
      const random = seeded(seed);
      const broker = await startMosquitto(atEnd);
      const tap = await tapWire(atEnd, broker.port);
      const ledger = keepLedger(tap);
      const settings = { ...spool, window_messages: windowMessages };
      const unit = await startUnit(atEnd, { brokerUrl: tap.url, integrations: names, settings, callMs: 15 });
      const { accepted } = unit.cvmain;
      const notified = distinct(accepted);
      // The session must exist before the first message.
      await (await unit.connected()).stop();
      const sender = await startSender(atEnd, broker.url, messageNames);
      const sending = sender.send(messages);

      const moments: string[] = [];
      /** Number of accepted notifications at the end of each life. */
      const lives: number[] = [];
      for (let kill = 1; kill <= kills; kill += 1) {
        const daemon = startDaemon(atEnd, unit.home);
        const soFar = accepted.entries.length;
        const more = 1 + Math.floor(random() * 200);
        const at = Math.floor(random() * lines.length * 3);
        const line = lines[at];
        if (line !== undefined) await daemon.logged(line);
        else await accepted.filled('notifications', soFar + more);
        expect(await daemon.end('SIGKILL')).to.include({ signal: 'SIGKILL' });
        lives.push(accepted.entries.length);
        moments.push(line ?? `${more} more`);
      }
      const daemon = startDaemon(atEnd, unit.home);
      await sending;
      await ledger.acknowledged.filled('acknowledged messages', messages);
      await notified.filled('notified messages', Math.ceil((messages * names.length) / messageNames.length));
      expect(await daemon.stop()).to.include({ code: 0 });

      const letters = (await deadLetters(unit.home)).flatMap(
        ({ payload = '' }) => /"body":"(\d+)"/.exec(payload)?.[1] ?? [],
      );
      const first = notified.entries.map(({ body }) => body);
      expect(new Set([...first, ...letters]).size, 'notified or dead-lettered').to.equal(messages);
      expect(outOfOrder(notified.entries)).to.deep.equal([]);

      const bodies = accepted.entries.map(({ body }) => body);
      const inFlight = ledger.unacknowledged();
      // Spooled messages are acknowledged, but not settled.
      for (const body of spool.spool_max_bytes === 0 ? first : []) {
        const times = bodies.filter((each) => each === body).length;
        const chances = inFlight.filter((unacknowledged) => unacknowledged.includes(body)).length;
        expect(times, `notified times of ${body}`).to.be.at.most(1 + chances);
      }
      const perKill = lives.map((end, life) => {
        const ofLife = bodies.slice(lives[life - 1] ?? 0, end);
        return ofLife.filter((body) => bodies.includes(body, end)).length;
      });
      for (const count of perKill) expect(count, 'repeated for a kill').to.be.at.most(windowMessages);
      measured(
        `${messages} messages, ${kills} kills at ${moments.join(', ')}: repeated for each ${perKill.join(', ')}`,
      );
    });
});
