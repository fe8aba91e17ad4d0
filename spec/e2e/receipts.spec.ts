import { expect } from 'chai';
import { connectAsync, type IClientPublishOptions } from 'mqtt';
import { Receipt } from '../../lib/rules/receipt.js';
import { decodeJsonWith } from '../../lib/util/codec.js';
import { endingAfterTest } from '../rig/at-end.js';
import { Journal } from '../rig/journal.js';
import { serverToken, username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { startUnit } from '../rig/unit.js';
import { rightOf } from '../support/either.js';

interface Answer {
  readonly topic: string;
  readonly receipt: Receipt;
  readonly correlation: string | undefined;
  readonly qos: number;
  /** What cvmain had accepted by then. */
  readonly accepted: number;
}

describe('receipts', () => {
  const atEnd = endingAfterTest();

  const serverAt = async (url: string, accepted: () => number) => {
    const answers = new Journal<Answer>();
    const login = { username: 'server', password: serverToken };
    const client = await connectAsync(url, { ...login, protocolVersion: 5, reconnectPeriod: 0 });
    atEnd(() => client.endAsync(true));
    client.on('message', (topic, payload, { qos, properties }) =>
      answers.put({
        topic,
        receipt: rightOf(decodeJsonWith(Receipt)(payload.toString())),
        correlation: properties?.correlationData?.toString(),
        qos,
        accepted: accepted(),
      }),
    );
    await client.subscribeAsync('u2s/#', { qos: 1 });
    const send = async (name: string, properties: IClientPublishOptions['properties'] = {}) => {
      const payload = JSON.stringify({ function: name, body: 'x' });
      await client.publishAsync(`s2u/${username}/command`, payload, { qos: 1, properties });
    };
    return { answers, send };
  };
  const start = async (settings: object) => {
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'], settings });
    return { rig, ...(await serverAt(broker.url, () => rig.accepted.entries.length)) };
  };
  const asking = (responseTopic: string, correlation: string) => ({
    responseTopic,
    correlationData: Buffer.from(correlation),
  });

  itWithMosquitto('go to who asked, with the correlation data, after the settlement', async () => {
    const { rig, answers, send } = await start({ receipts: 'asked', hold_unregistered_ms: 0 });
    const daemon = await rig.connected();
    await send('int1-quiet');
    await send('int1-open', asking(`u2s/${username}/answers/7`, 'seven'));
    await send('nobody-open', asking(`u2s/${username}/answers/8`, 'eight'));
    await answers.filled('receipts', 2);
    expect(await daemon.stop()).to.include({ code: 0 });

    const [ok, failed, ...others] = [...answers.entries].sort((a, b) => (a.topic < b.topic ? -1 : 1));
    expect(ok).to.deep.equal({
      topic: `u2s/${username}/answers/7`,
      receipt: { function: 'int1-open', status: 'OK', msg_body: 'notified' },
      correlation: 'seven',
      qos: 1,
      accepted: 2,
    });
    expect(failed?.receipt).to.include({ function: 'nobody-open', status: 'FAILED' });
    expect(failed?.receipt.msg_body).to.match(/^unregistered: /);
    expect(failed?.correlation).to.equal('eight');
    expect(others).to.deep.equal([]);
  });

  for (const mqtt_version of ['5', '3.1.1'])
    itWithMosquitto(`go to the topic of the settings for all, ${mqtt_version}`, async () => {
      const { rig, answers, send } = await start({ receipts: 'all', mqtt_version });
      const daemon = await rig.connected();
      for (let n = 0; n < 100; n += 1) await send(`int1-do${n}`);
      await answers.filled('receipts', 100);
      expect(await daemon.stop()).to.include({ code: 0 });
      expect(new Set(answers.entries.map(({ topic }) => topic))).to.deep.equal(
        new Set([`u2s/${username}/receipt`]),
      );
      expect(answers.entries.map(({ receipt }) => receipt.function)).to.deep.equal(
        Array.from({ length: 100 }, (_, n) => `int1-do${n}`),
      );
    });

  itWithMosquitto(
    'are refused for hostile response topics; the line stays, and the commands run',
    async () => {
      const { rig, answers, send } = await start({ receipts: 'asked' });
      const daemon = await rig.connected();
      const hostile = [
        `s2u/${username}/command`,
        'u2s/another/answers',
        '$SYS/broker/load',
        `u2s/${username}/${'x'.repeat(600)}`,
      ];
      for (const [n, topic] of hostile.entries()) await send(`int1-do${n}`, asking(topic, 'c'));
      await send('int1-long', asking(`u2s/${username}/a`, 'x'.repeat(600)));
      await send('int1-last', asking(`u2s/${username}/last`, 'last'));
      expect(await answers.first('the receipt')).to.include({ topic: `u2s/${username}/last` });
      await daemon.logged('not-published');
      expect(await daemon.stop()).to.include({ code: 0 });
      expect(answers.entries).to.have.length(1);
      expect(rig.accepted.entries).to.have.length(6);
      expect(daemon.count('disconnected')).to.equal(0);
    },
  );

  itWithMosquitto('come for spooled messages once they are delivered, also by a later run', async () => {
    const settings = { receipts: 'asked', window_messages: 16, patience_ms: 100 };
    const broker = await startMosquitto(atEnd);
    const unit = await startUnit(atEnd, { brokerUrl: broker.url, integrations: ['int1'], settings });
    const { answers, send } = await serverAt(broker.url, () => unit.cvmain.accepted.entries.length);
    const daemon = await unit.connected('--log-level', 'debug');
    await unit.cvmain.kill();
    const numbers = Array.from({ length: 60 }, (_, n) => n);
    for (const n of numbers) await send(`int1-do${n}`, asking(`u2s/${username}/answers`, `${n}`));
    await daemon.log.first('the spooled', ({ message }) => message.endsWith(': spooled'), { nth: 60 });
    expect(answers.entries).to.deep.equal([]);
    expect(await daemon.stop()).to.include({ code: 0 });
    await unit.cvmain.start();
    const later = await unit.connected();
    await answers.filled('receipts', 60);
    expect(await later.stop()).to.include({ code: 0 });
    expect(answers.entries.map(({ correlation }) => Number(correlation))).to.deep.equal(numbers);
    expect(answers.entries.filter(({ receipt }, n) => receipt.function !== `int1-do${n}`)).to.deep.equal([]);
    for (const { accepted, correlation } of answers.entries)
      expect(accepted).to.be.above(Number(correlation));
  });

  itWithMosquitto('are off by default', async () => {
    const { rig, answers, send } = await start({});
    const daemon = await rig.connected();
    await send('int1-open', asking(`u2s/${username}/answers`, 'c'));
    await rig.received.first('the message');
    expect(await daemon.stop()).to.include({ code: 0 });
    expect(answers.entries).to.deep.equal([]);
  });
});
