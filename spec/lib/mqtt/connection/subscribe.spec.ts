import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import type { Granted } from '../../../../lib/mqtt/connection/connection.js';
import { cleanup } from '../../../support/cleanup.js';
import { type Connected, connected } from '../../../support/connecting.js';

/** Answers SUBSCRIBE, the second packet, with these codes. */
const answer = async ({ far }: Connected, granted: number[]): Promise<void> => {
  const messageId = (await far.packets.filled(2))[1]?.messageId ?? 0;
  far.send({ cmd: 'suback', messageId, granted });
};

/** The result that `done` gets. */
const subscribed = ({ connection }: Connected, ...filters: readonly string[]): Promise<readonly Granted[]> =>
  new Promise((resolve) => connection.subscribe(filters, resolve));

describe('openConnection: subscribing', () => {
  const atEnd = cleanup();

  it('requests QoS 1, and in version 5 retained messages for new subscriptions only', async () => {
    const opened = await connected(atEnd, { protocolVersion: 5 });
    opened.connection.subscribe(['s2u/cv12345/#', 'other/+'], () => undefined);
    const [, packet] = await opened.far.packets.filled(2);
    const asked = packet?.cmd === 'subscribe' ? packet.subscriptions : [];
    expect(asked.map(({ topic, qos, rh }) => ({ topic, qos, rh }))).to.deep.equal([
      { topic: 's2u/cv12345/#', qos: 1, rh: 1 },
      { topic: 'other/+', qos: 1, rh: 1 },
    ]);
  });

  it('numbers its packets from 1, as RabbitMQ expects', async () => {
    const opened = await connected(atEnd);
    opened.connection.subscribe(['s2u/cv12345/#'], () => undefined);
    expect((await opened.far.packets.filled(2))[1]?.messageId).to.equal(1);
  });

  it('requests QoS 1 in version 3.1.1', async () => {
    const opened = await connected(atEnd, { protocolVersion: 4 });
    opened.connection.subscribe(['s2u/cv12345/#'], () => undefined);
    const [, packet] = await opened.far.packets.filled(2);
    expect(packet).to.deep.include({ subscriptions: [{ topic: 's2u/cv12345/#', qos: 1 }] });
  });

  const answers = [
    { codes: [1], because: 'granted' },
    { codes: [0], because: 'granted with QoS 0' },
    { codes: [1, 1], because: 'all granted' },
    { codes: [128], because: 'refused' },
    { codes: [1, 128], because: 'the second refused' },
    { codes: [128, 1, 0], because: 'the first refused, the third with QoS 0' },
  ];
  for (const { codes, because } of answers) {
    for (const protocolVersion of [4, 5] as const) {
      it(`reports what is granted for each filter, in version ${protocolVersion}: ${because}`, async () => {
        const opened = await connected(atEnd, { protocolVersion });
        const reports = subscribed(opened, ...codes.map((_, at) => `${9 - at}`));
        await answer(opened, codes);
        expect(await reports).to.deep.equal(
          codes.map((qos, at) => (qos < 128 ? { filter: `${9 - at}`, qos } : { filter: `${9 - at}` })),
        );
      });
    }
  }

  it('reports the more precise reason of version 5', async () => {
    const opened = await connected(atEnd, { protocolVersion: 5 });
    const reports = subscribed(opened, 's2u/cv12345/#');
    await answer(opened, [135]);
    expect(await reports).to.deep.equal([{ filter: 's2u/cv12345/#' }]);
  });

  it('takes a code unknown to 3.1.1 as a refusal of its filter', async () => {
    const opened = await connected(atEnd, { protocolVersion: 4 });
    const reports = subscribed(opened, 'a', 'b', 'c', 'd');
    const [, { messageId = 0 } = {}] = await opened.far.packets.filled(2);
    opened.far.write(Buffer.of(0x90, 6, messageId >> 8, messageId & 0xff, 0x87, 1, 3, 0xff));
    expect(await reports).to.deep.equal([
      { filter: 'a' },
      { filter: 'b', qos: 1 },
      { filter: 'c' },
      { filter: 'd' },
    ]);
  });

  for (const codes of [[1], [1, 1, 1]])
    it(`ends the connection with a reason if SUBACK has ${codes.length} codes for 2 filters`, async () => {
      const opened = await connected(atEnd);
      let reports = false;
      opened.connection.subscribe(['a', 'b'], () => {
        reports = true;
      });
      await answer(opened, codes);
      expect(await opened.closed)
        .to.have.property('detail')
        .that.matches(/^Protocol error: suback granted/);
      expect(reports).to.equal(false);
    });

  for (const protocolVersion of [4, 5] as const) {
    it(`unsubscribes, and reports the answer, in version ${protocolVersion}`, async () => {
      const { connection, far } = await connected(atEnd, { protocolVersion });
      const reports = new Promise<void>((resolve) => connection.unsubscribe(['a/#', 'b/#'], resolve));
      const [, packet] = await far.packets.filled(2);
      expect(packet).to.deep.include({ cmd: 'unsubscribe', unsubscriptions: ['a/#', 'b/#'] });
      far.send({ cmd: 'unsuback', messageId: packet?.messageId ?? 0, granted: [0, 0] });
      await reports;
    });
  }

  it('reports nothing for requests unanswered at the end of the connection', async () => {
    const { connection, closed, far } = await connected(atEnd);
    let reports = 0;
    connection.subscribe(['s2u/cv12345/#'], () => {
      reports += 1;
    });
    connection.unsubscribe(['other/#'], () => {
      reports += 1;
    });
    await far.packets.filled(3);
    far.cut();
    await closed;
    await turn();
    expect(reports).to.equal(0);
  });
});
