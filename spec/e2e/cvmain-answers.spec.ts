import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { refused } from '../../sim/answer.js';
import type { Intercept } from '../../sim/cvmain-service.js';
import { endingAfterTest } from '../rig/at-end.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig, valueIn } from '../rig/rig.js';
import { startServer } from '../rig/server.js';

const hang = new Promise<never>(() => undefined);

describe("cvmain's answers", () => {
  const atEnd = endingAfterTest();

  /** The first call gets `answer`, the others are accepted. */
  async function startWith(answer: Intercept) {
    let calls = 0;
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, {
      brokerUrl: broker.url,
      integrations: ['int1'],
      settings: { call_deadline_ms: 200 },
      intercept: (request, pass) => (++calls === 1 ? answer(request, pass) : pass()),
    });
    const daemon = await rig.connected('--log-level', 'debug');
    const server = await startServer(atEnd, broker.url);
    for (const body of ['one', 'two']) await server.send(username, { function: 'int1-open', body });
    await rig.received.first('the last one', (each) => valueIn(each, 'body') === 'two');
    await daemon.logged('settled', 2);
    // The second may overtake the first, whose dead letter is being written.
    const settled = daemon.log.entries.filter(({ event }) => event === 'settled');
    const first = settled.find(({ level, attempts }) => level === 'warn' || attempts !== 1);
    expect(await daemon.stop()).to.include({ code: 0 });
    return { first, bodies: rig.received.entries.map((each) => valueIn(each, 'body')) };
  }

  itWithMosquitto('refused: the message is a dead letter, with the detail of cvmain', async () => {
    const { first, bodies } = await startWith(async () => refused('invalid', 'not today'));
    expect(first).to.include({ reason: 'refused', attempts: 1 });
    expect(first?.message).to.contain('not today');
    expect(bodies).to.deep.equal(['two']);
  });

  itWithMosquitto('a permanent status counts as refused', async () => {
    const failure = { code: status.PERMISSION_DENIED, details: 'never' };
    const { first, bodies } = await startWith(async () => failure);
    expect(first).to.include({ reason: 'refused', attempts: 1 });
    expect(bodies).to.deep.equal(['two']);
  });

  itWithMosquitto('a temporary status: the call is repeated, and the order holds', async () => {
    const failure = { code: status.INTERNAL, details: 'a moment' };
    const { first, bodies } = await startWith(async () => failure);
    expect(first).to.include({ level: 'debug', attempts: 2 });
    expect(bodies).to.deep.equal(['one', 'two']);
  });

  itWithMosquitto('no answer: the deadline ends the call, and it is repeated', async () => {
    const { first, bodies } = await startWith(() => hang);
    expect(first).to.include({ level: 'debug', attempts: 2 });
    expect(bodies).to.deep.equal(['one', 'two']);
  });
});
