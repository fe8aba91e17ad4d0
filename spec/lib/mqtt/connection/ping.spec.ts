import { readFileSync } from 'node:fs';
import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import type { IPublishPacket } from 'mqtt';
import { cleanup } from '../../../support/cleanup.js';
import { accepted, acks, connected } from '../../../support/connecting.js';
import { type PeerConnection, webSocketPeer } from '../../../support/mqtt-peer.js';

/** Resolves when this number of pings has arrived. */
const pings = async ({ packets }: PeerConnection, count: number): Promise<void> => {
  let seen = 0;
  for (let at = 0; seen < count; at += 1)
    if ((await packets.filled(at + 1))[at]?.cmd === 'pingreq') seen += 1;
};

const itOnLinux = process.platform === 'linux' ? it : it.skip;

/** When the system will probe the other end, at `port` (proc_pid_net_tcp(5): timer 2, in ticks of 10 ms). */
const keepAliveTimerMs = (port: number): number => {
  const remote = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n');
  const [, ticks = ''] =
    lines
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , to, state]) => to === remote && state === '01')
      .map(([, , , , , timer = '']) => timer.split(':'))
      .find(([kind]) => kind === '02') ?? [];
  return Number.parseInt(ticks, 16) * 10;
};

describe('openConnection: pings', () => {
  const atEnd = cleanup();
  afterEach(() => mock.timers.reset());

  it('are reported overdue after an eighth of the keepalive, before the connection is given up', async () => {
    const { far, reports, closed } = await connected(atEnd, { keepaliveS: 1 });
    await pings(far, 1);
    expect((await reports.filled(2)).at(-1)).to.deep.equal({ kind: 'ping-overdue' });
    expect(await closed).to.deep.equal({ kind: 'lost', detail: 'Keepalive timeout' });
  });

  it('come a quarter of the keepalive after an acknowledgement', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const { connection, far } = await connected(atEnd, { keepaliveS: 40 });
    connection.acknowledge(acks(7));
    await far.packets.filled(2);
    mock.timers.tick(10_000);
    expect((await far.packets.filled(3)).at(-1)).to.deep.include({ cmd: 'pingreq' });
  });

  for (const ask of ['subscribe', 'unsubscribe'] as const) {
    it(`come a quarter of the keepalive after ${ask.toUpperCase()}`, async () => {
      mock.timers.enable({ apis: ['setTimeout'] });
      const { connection, far } = await connected(atEnd, { keepaliveS: 40 });
      connection[ask](['s2u/cv12345/#'], () => undefined);
      await far.packets.filled(2);
      mock.timers.tick(10_000);
      expect((await far.packets.filled(3)).at(-1)).to.deep.include({ cmd: 'pingreq' });
    });
  }

  it("follow the broker's keepalive if it is shorter", async () => {
    for (const [serverKeepAlive, pingsAfterMs] of [
      [20, 19_500],
      [60, 39_000],
      [0, 39_000],
    ] as const) {
      mock.timers.enable({ apis: ['setTimeout'] });
      const connack = { ...accepted, properties: { serverKeepAlive } };
      const { far } = await connected(atEnd, { protocolVersion: 5, keepaliveS: 40, connack });
      mock.timers.tick(pingsAfterMs - 1);
      expect(far.packets.items.map(({ cmd }) => cmd)).to.deep.equal(['connect']);
      mock.timers.tick(1);
      expect((await far.packets.filled(2)).at(-1)).to.deep.include({ cmd: 'pingreq' });
      mock.timers.reset();
    }
  });

  it('are sent every minute through a WebSocket, which the system does not probe, however long the keepalive', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const { far } = await connected(atEnd, { keepaliveS: 3_600, peerOf: webSocketPeer });
    mock.timers.tick(58_500);
    expect((await far.packets.filled(2)).at(-1)).to.deep.include({ cmd: 'pingreq' });
  });

  itOnLinux('are rare over TCP, as the system probes the other end after 30 s', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const { peer, far } = await connected(atEnd, { keepaliveS: 3_600 });
    expect(keepAliveTimerMs(peer.address.port)).to.be.within(25_000, 30_000);
    mock.timers.tick(3_509_999);
    expect(far.packets.items.map(({ cmd }) => cmd)).to.deep.equal(['connect']);
    mock.timers.tick(1);
    expect((await far.packets.filled(2)).at(-1)).to.deep.include({ cmd: 'pingreq' });
  });

  it('are not reported if they are answered', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const { far, reports } = await connected(atEnd, { keepaliveS: 40 });
    mock.timers.tick(38_999);
    for (const count of [1, 2, 3]) {
      mock.timers.tick(1);
      await pings(far, count);
      far.send({ cmd: 'pingresp' });
      // What comes after it shows that it has come.
      far.send({ cmd: 'publish', topic: 'a', payload: '', qos: 0, retain: false, dup: false });
      await reports.filled(count + 1);
      mock.timers.tick(38_999);
      expect(reports.items.at(-1)).to.include({ kind: 'publish' });
    }
  });

  it('wait for an answer behind new publishes, which are acknowledged, and behind no others', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const { connection, far, reports } = await connected(atEnd, { keepaliveS: 40 });
    const played: string[] = [];
    const comes = async (packet: IPublishPacket): Promise<void> => {
      const { length } = reports.items;
      far.send(packet);
      await reports.filled(length + 1);
      mock.timers.tick(4_999);
      played.push(reports.items.at(-1)?.kind ?? '');
    };
    const publish = (messageId: number, more: Partial<IPublishPacket> = {}): IPublishPacket => {
      const fields = { topic: 'a', payload: '', qos: 1, retain: false, dup: false, messageId } as const;
      return { cmd: 'publish', ...fields, ...more };
    };
    connection.acknowledge(acks(7));
    await far.packets.filled(2);
    mock.timers.tick(10_000);
    await far.packets.filled(3);
    for (const messageId of [1, 2, 3]) await comes(publish(messageId));
    for (const more of [{ dup: true }, { qos: 0 }] as const) await comes(publish(4, more));
    expect(played).to.deep.equal(['publish', 'publish', 'publish', 'ping-overdue', 'publish']);
  });

  it('come after all earlier acknowledgements', async () => {
    const { connection, far } = await connected(atEnd, { keepaliveS: 1 });
    let asked = 0;
    const pinged = () => far.packets.items.findIndex(({ cmd }) => cmd === 'pingreq');
    // One in each turn: a ping goes out before the next one would.
    for (; pinged() < 0; await turn()) {
      asked += 1;
      connection.acknowledge(acks(asked));
    }
    const before = far.packets.items.slice(1, pinged()).map(({ messageId }) => messageId);
    expect(before).to.deep.equal(before.map((_, at) => at + 1));
    const late = far.packets.items.slice(pinged() + 1).map(({ messageId }) => messageId);
    expect(late).to.deep.equal(late.map((_, at) => before.length + at + 1));
  });

  it('are not reported for a connection that has ended', async () => {
    const { connection, far, reports, closed } = await connected(atEnd, { keepaliveS: 1 });
    // Pings of another connection show that enough time has passed.
    const other = await connected(atEnd, { keepaliveS: 1 });
    await pings(far, 1);
    connection.end();
    await closed;
    await pings(other.far, 1);
    await other.reports.filled(2);
    expect(reports.items.map(({ kind }) => kind)).to.deep.equal(['connected', 'closed']);
  });
});
