import { expect } from 'chai';
import type { Notification } from '../../sim/app.js';
import type { SimServer } from '../../sim/server.js';
import { endingAfterTest } from '../rig/at-end.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig, valueIn } from '../rig/rig.js';
import { startServer } from '../rig/server.js';

const total = 20_000;
const integrations = Array.from({ length: 10 }, (_, at) => `int${at}`);

/** Numbers from `first` up to `end`, in turn to each integration. */
const numbers = (first: number, end: number): readonly number[] =>
  Array.from({ length: end - first }, (_, at) => first + at);

const nameOf = (number: number): string => `${integrations[number % integrations.length]}-do`;

const publish = (server: SimServer, range: readonly number[]): Promise<unknown> =>
  Promise.all(range.map((number) => server.send(username, { function: nameOf(number), body: `${number}` })));

/** The numbers that each message name was received with, in order of receipt. */
const receivedByName = (notifications: readonly Notification[]): Record<string, readonly number[]> => {
  const byName: Record<string, number[]> = {};
  for (const notification of notifications) {
    const numbersSoFar = byName[notification.type] ?? [];
    byName[notification.type] = numbersSoFar;
    numbersSoFar.push(Number(valueIn(notification, 'body')));
  }
  return byName;
};

describe('a flood', () => {
  const atEnd = endingAfterTest();

  for (const version of ['3.1.1', '5']) {
    itWithMosquitto(`of ${total} messages arrives once each and in order, with MQTT ${version}`, async () => {
      const broker = await startMosquitto(atEnd);
      const rig = await startRig(atEnd, {
        brokerUrl: broker.url,
        settings: { mqtt_version: version },
        integrations,
      });
      const server = await startServer(atEnd, broker.url);
      // Half of them wait in the session when the daemon comes, half come while it works on those.
      const first = await rig.connected();
      expect(await first.stop()).to.deep.equal({ code: 0, signal: null });
      await publish(server, numbers(0, total / 2));
      const daemon = await rig.connected();
      expect(await daemon.logged('connected')).to.include({ mqtt_version: version, session_present: true });
      await publish(server, numbers(total / 2, total));
      await rig.received.first('notifications', () => true, { nth: total });

      expect(receivedByName(rig.received.entries)).to.deep.equal(
        Object.fromEntries(
          integrations.map((_, at) => [
            nameOf(at),
            numbers(0, total).filter((number) => number % integrations.length === at),
          ]),
        ),
      );
      expect(await daemon.stop()).to.deep.equal({ code: 0, signal: null });
      expect(await daemon.logged('stopped')).to.include({ notified: total });
      expect(daemon.log.entries.filter(({ level }) => level === 'error')).to.deep.equal([]);
    });
  }
});
