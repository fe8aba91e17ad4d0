import { expect } from 'chai';
import { firstValueFrom, of, ReplaySubject } from 'rxjs';
import { play, type Shown, withNotification } from '../../../bin/demo/play.js';
import type { Scene, Stage } from '../../../bin/demo/script.js';
import type { Message } from '../../../lib/rules/message/decode.js';
import type { Publish } from '../../../lib/rules/message/publish.js';
import type { DeadLettered, Notified } from '../../../lib/rules/settlement.js';
import type { Notification } from '../../../sim/app.js';

const publish: Publish = {
  seq: 1,
  topic: 's2u/cv1/command',
  payload: { text: '{}' },
  qos: 1,
  retain: false,
  dup: false,
  receivedAt: 0,
};

const message: Message = {
  name: 'int1-open',
  integration: 'int1',
  message: 'open',
  body: { text: '' },
  publish,
  lifetimeMs: Number.POSITIVE_INFINITY,
};
const notified: Notified = { kind: 'notified', publish, message, attempts: 1, tookMs: 5 };
const refused: DeadLettered = { ...notified, kind: 'dead-lettered', reason: 'refused', detail: 'no' };
const notification: Notification = { type: 'int1-open', vals: [{ k: 'dt', v: new Date(0).toISOString() }] };

const stage: Stage = {
  username: 'cv1',
  server: { send: async () => undefined, publish: async () => undefined },
  cvmain: { address: '127.0.0.1:1' },
  app: { registerWith: () => Promise.reject(new Error()), unregisterFrom: () => Promise.reject(new Error()) },
};

const expecting = (expected: Scene['expected']): Scene => ({
  story: 'a message',
  play: async () => undefined,
  expected,
});

describe('play', () => {
  const surprisesOf = (expected: Scene['expected'], shown: Shown): Promise<number> =>
    play([expecting(expected)], stage, of(shown), () => undefined);

  it('finds no surprise when each message has the expected result', async () => {
    expect(await surprisesOf('notified', { settlement: notified, notification })).to.equal(0);
    expect(await surprisesOf('refused', { settlement: refused })).to.equal(0);
  });

  it('counts a message with another result', async () => {
    expect(await surprisesOf('notified', { settlement: refused })).to.equal(1);
    expect(await surprisesOf('refused', { settlement: notified, notification })).to.equal(1);
    expect(await surprisesOf('expired', { settlement: refused })).to.equal(1);
  });

  it('counts a notification that the app did not receive', async () => {
    expect(await surprisesOf('notified', { settlement: notified })).to.equal(1);
  });

  it('pairs a settlement with its notification', async () => {
    const received = new ReplaySubject<Notification>();
    const older = { ...notification, vals: [{ k: 'dt', v: new Date(-1).toISOString() }] };
    for (const each of [older, { ...notification, type: 'int1-close' }, notification]) received.next(each);
    expect(await firstValueFrom(withNotification(of(notified), received))).to.deep.equal({
      settlement: notified,
      notification,
    });
  });
});
