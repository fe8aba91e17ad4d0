import { setTimeout as passing } from 'node:timers/promises';
import { expect } from 'chai';
import type { Packet } from 'mqtt-packet';
import { signToken, unitClaims } from '../../../sim/token.js';
import { endingAfterTest } from '../../rig/at-end.js';
import { startDaemon } from '../../rig/daemon.js';
import { secret, username } from '../../rig/login.js';
import { measured } from '../../rig/measured.js';
import { startRig } from '../../rig/rig.js';
import { type Peer, tcpPeer } from '../../support/mqtt-peer.js';

/** How long the connections are counted, ms. */
const watchedMs = 5_000;

describe('a cvmain with a new token at each request', () => {
  const atEnd = endingAfterTest();

  /** A unit at a broker that gives this answer to each CONNECT; the tokens expire at `exp`, seconds since the epoch. */
  const start = async (reasonCode: number, exp: (n: number) => number) => {
    const peer = await tcpPeer(5);
    atEnd(peer.close);
    void answering(peer, { cmd: 'connack', reasonCode, sessionPresent: reasonCode === 0 });
    let asked = 0;
    const token = (): string => signToken(secret, unitClaims(username, exp(asked++)));
    const brokerUrl = `mqtt://127.0.0.1:${peer.address.port}`;
    const { home } = await startRig(atEnd, { brokerUrl, integrations: ['int1'], token });
    const askedBefore = asked;
    const daemon = startDaemon(atEnd, home);
    await peer.connections.filled(1);
    return { daemon, connections: peer.connections.items, asked: () => asked - askedBefore };
  };

  const answering = async ({ connections }: Peer, connack: Packet): Promise<void> => {
    for (let at = 0; ; at += 1) {
      const connection = (await connections.filled(at + 1))[at];
      void connection?.packets.filled(1).then(() => connection.send(connack));
    }
  };

  it('causes no storm of connections if the broker refuses each token', async () => {
    const { daemon, connections, asked } = await start(0x86, (n) => 4_000_000_000 + n);
    await passing(watchedMs);
    measured(`${connections.length} connections and ${asked()} questions in ${watchedMs / 1000} s`);
    expect(connections.length).to.be.within(2, 10);
    expect(asked()).to.be.within(1, 5);
    expect(await daemon.stop()).to.include({ code: 0 });
  });

  it('is not asked if the broker accepts a token that has expired by the clock of this unit', async () => {
    const { daemon, connections, asked } = await start(0, (n) => 1_000_000_000 + n);
    await passing(watchedMs / 2);
    expect(connections).to.have.length(1);
    expect(asked()).to.equal(0);
    expect(await daemon.stop()).to.include({ code: 0 });
  });

  it('is asked rarely if each token expires by that clock soon after it was accepted', async () => {
    const { daemon, connections, asked } = await start(0, (n) => Date.now() / 1000 + (n === 0 ? 1.5 : 0.3));
    await passing(watchedMs);
    measured(`${connections.length} connections and ${asked()} questions in ${watchedMs / 1000} s`);
    expect(connections.length).to.be.within(2, 6);
    expect(await daemon.stop()).to.include({ code: 0 });
  });
});
