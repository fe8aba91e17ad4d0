import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { cleanup } from '../../sim/support/cleanup.js';
import { connected } from '../../support/connecting.js';
import type { PeerConnection } from '../../support/mqtt-peer.js';

/** Resolves when so many pings came. */
const pings = async ({ packets }: PeerConnection, count: number): Promise<void> => {
  let seen = 0;
  for (let at = 0; seen < count; at += 1)
    if ((await packets.filled(at + 1))[at]?.cmd === 'pingreq') seen += 1;
};

describe('openConnection: pings', () => {
  const atEnd = cleanup();

  it('are told when they are not answered for a quarter of the keepalive, before the line is given up', async () => {
    const { far, told, closed } = await connected(atEnd, { keepaliveS: 1 });
    await pings(far, 1);
    expect((await told.filled(2)).at(-1)).to.deep.equal({ pingOverdue: true });
    expect(await closed).to.deep.equal({ kind: 'lost', detail: 'Keepalive timeout' });
  });

  it('are not told where they are answered', async () => {
    const { far, told } = await connected(atEnd, { keepaliveS: 1 });
    for (const count of [1, 2, 3]) {
      await pings(far, count);
      far.send({ cmd: 'pingresp' });
    }
    expect(told.items).to.deep.equal([{ connected: 'no session' }]);
  });

  it('are told when they are sent, behind every acknowledgement until then, and when they are answered', async () => {
    const { connection, far, pings: told } = await connected(atEnd, { keepaliveS: 1 });
    let asked = 0;
    // One in each turn: the ping comes before it would leave.
    for (; told.items.length === 0; await turn()) {
      asked += 1;
      connection.acknowledge([7]);
    }
    const packets = await far.packets.filled(1 + asked + 1);
    expect(packets.findIndex(({ cmd }) => cmd === 'pingreq')).to.equal(1 + asked);
    expect(told.items).to.deep.equal(['sent']);
    far.send({ cmd: 'pingresp' });
    expect(await told.filled(2)).to.deep.equal(['sent', 'answered']);
  });

  it('are not told of a connection that has ended', async () => {
    const { connection, far, told, closed } = await connected(atEnd, { keepaliveS: 1 });
    // Another connection’s pings go on for long enough to see it.
    const other = await connected(atEnd, { keepaliveS: 1 });
    await pings(far, 1);
    connection.end();
    await closed;
    await pings(other.far, 1);
    await other.told.filled(2);
    expect(told.items.flatMap((each) => Object.keys(each))).to.deep.equal(['connected', 'closed']);
  });
});
