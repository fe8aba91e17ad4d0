import { expect } from 'chai';
import type { Notification } from '../../sim/app.js';
import type { Intercept } from '../../sim/cvmain-service.js';
import { endingAfterTest } from '../rig/at-end.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { type Rig, startRig, valueIn } from '../rig/rig.js';
import { startServer } from '../rig/server.js';

const hang = new Promise<never>(() => undefined);

const withoutTime = ({ type, vals }: Notification) => ({ type, vals: vals.filter(({ k }) => k !== 'dt') });

describe('what an app sees of a repeat, as in docs/developers.md#repeats', () => {
  const atEnd = endingAfterTest();

  /** cvmain sends the first notification, and never answers the call. */
  const unanswered = async (callDeadlineMs: number) => {
    let calls = 0;
    const intercept: Intercept = async (_request, pass) => {
      calls += 1;
      const answer = await pass();
      return calls === 1 ? hang : answer;
    };
    const broker = await startMosquitto(atEnd);
    const rig = await startRig(atEnd, {
      brokerUrl: broker.url,
      integrations: ['int1'],
      settings: { call_deadline_ms: callDeadlineMs },
      intercept,
    });
    const daemon = await rig.connected();
    const server = await startServer(atEnd, broker.url);
    await server.send(username, { function: 'int1-open', body: '{"door":3}' });
    await rig.received.first('the notification');
    return { rig, daemon };
  };

  /** The first notification, and its repeat. */
  const both = async ({ received }: Rig): Promise<readonly Notification[]> => {
    await received.filled('the repeat', 2);
    return received.entries;
  };

  itWithMosquitto('a call that is made again: the same packet', async () => {
    const { rig } = await unanswered(200);
    const [first, again] = await both(rig);
    expect(again).to.deep.equal(first);
  });

  itWithMosquitto('a message that the broker sends again: the same, apart from dt', async () => {
    const { rig, daemon } = await unanswered(30_000);
    await daemon.end('SIGKILL');
    await rig.connected();
    const [first, again] = (await both(rig)).map((each) => ({ each, rest: withoutTime(each) }));
    if (first === undefined || again === undefined) throw new Error('not received');
    expect(again.rest).to.deep.equal(first.rest);
    expect(valueIn(again.each, 'dt')).to.not.equal(valueIn(first.each, 'dt'));
  });
});
