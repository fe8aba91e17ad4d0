import { expect } from 'chai';
import { endingAfterTest } from '../rig/at-end.js';
import { startDaemon } from '../rig/daemon.js';
import { flood } from '../rig/flood.js';
import { Journal } from '../rig/journal.js';
import { fleet, memberToken } from '../rig/login.js';
import { measured } from '../rig/measured.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig, valueIn } from '../rig/rig.js';
import { startServer } from '../rig/server.js';

const members = ['member1', 'member2', 'member3', 'member4'];
const messages = 4_000;
const windowMessages = 64;
const integrations = ['int0', 'int1', 'int2'];

describe('a shared group of four daemons', () => {
  const atEnd = endingAfterTest();

  async function start(mqtt_version: string) {
    const broker = await startMosquitto(atEnd, { members });
    const settings = { mqtt_version, shared_group: 'consumers', window_messages: windowMessages };
    const distinct = new Set<string>();
    /** Bodies, each once. */
    const notified = new Journal<string>();
    const rigs = await Promise.all(
      members.map((username) =>
        startRig(atEnd, {
          brokerUrl: broker.url,
          integrations,
          settings,
          username,
          token: () => memberToken(username),
        }),
      ),
    );
    for (const { accepted } of rigs)
      accepted.derive((request) => {
        const body = valueIn(request, 'body') ?? '';
        if (!distinct.has(body)) notified.put(body);
        distinct.add(body);
        return undefined;
      });
    return { broker, rigs, notified };
  }

  for (const mqtt_version of ['5', '3.1.1'])
    itWithMosquitto(
      `loses nothing when one is killed under load and started again, ${mqtt_version}`,
      async () => {
        const { broker, rigs, notified } = await start(mqtt_version);
        const daemons = await Promise.all(rigs.map(({ connected }) => connected()));
        const [rig, daemon] = [rigs[0], daemons[0]];
        if (rig === undefined || daemon === undefined) throw new Error('no members');
        const sent = flood(broker.port, `s2u/${fleet}/command`, messages, (n) =>
          JSON.stringify({ function: `int${n % integrations.length}-do`, body: `${n}` }),
        );
        await rig.accepted.filled('notifications of the one to kill', 100);
        expect(await daemon.end('SIGKILL')).to.include({ signal: 'SIGKILL' });
        const before = rig.accepted.entries.length;
        await sent;
        const again = startDaemon(atEnd, rig.home);
        await notified.filled('notified messages', messages);
        for (const each of [again, ...daemons.slice(1)]) expect(await each.stop()).to.include({ code: 0 });

        expect(notified.entries).to.have.length(messages);
        const counts = rigs.map(({ accepted }) => accepted.entries.length);
        for (const count of counts) expect(count, 'a share').to.be.above(messages / 8);
        const repeated = counts.reduce((sum, count) => sum + count, 0) - messages;
        expect(repeated, 'repeated by the one that was killed').to.be.within(0, windowMessages);
        for (const { accepted } of rigs.slice(1)) {
          const bodies = accepted.entries.map((each) => Number(valueIn(each, 'body')));
          for (const at of integrations.keys()) {
            const ofApp = bodies.filter((body) => body % integrations.length === at);
            expect(ofApp, 'in order for an app at one member').to.deep.equal(
              [...ofApp].sort((a, b) => a - b),
            );
          }
        }
        measured(
          `${messages} messages, killed after ${before}: shares ${counts.join(', ')}, repeated ${repeated}`,
        );
      },
    );

  for (const mqtt_version of ['5', '3.1.1'])
    itWithMosquitto(
      `rejects a retained message that mosquitto sends to each, and gets each live one once, ${mqtt_version}`,
      async () => {
        const { broker, rigs, notified } = await start(mqtt_version);
        const server = await startServer(atEnd, broker.url);
        const command = (body: string) => JSON.stringify({ function: 'int0-do', body });
        await server.publish(`s2u/${fleet}/command`, command('retained'), { retain: true });
        const daemons = await Promise.all(rigs.map(({ connected }) => connected()));
        for (const daemon of daemons)
          expect(await daemon.logged('settled')).to.include({ reason: 'unsubscribed' });
        for (const body of ['a', 'b', 'c', 'd'])
          await server.publish(`s2u/${fleet}/live`, command(body), { retain: body === 'd' });
        await notified.filled('the live ones', 4);
        for (const daemon of daemons) expect(await daemon.stop()).to.include({ code: 0 });
        expect([...notified.entries].sort()).to.deep.equal(['a', 'b', 'c', 'd']);
        expect(rigs.flatMap(({ accepted }) => accepted.entries)).to.have.length(4);
      },
    );
});
