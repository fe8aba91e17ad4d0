import type { Packet } from 'mqtt-packet';
import type { Passed, WireTap } from './wire-tap.js';

/** A packet of this kind. */
export type PacketOf<C extends Packet['cmd']> = Extract<Packet, { cmd: C }>;

const isOf =
  <C extends Packet['cmd']>(cmd: C) =>
  (packet: Packet): packet is PacketOf<C> =>
    packet.cmd === cmd;

/** All packets of this kind that have passed so far. */
export const passed = <C extends Packet['cmd']>({ packets }: WireTap, cmd: C): readonly PacketOf<C>[] =>
  packets.entries.map(({ packet }) => packet).filter(isOf(cmd));

/** The packet ids of one kind, in order. */
export const packetIds = (tap: WireTap, cmd: 'publish' | 'puback'): readonly (number | undefined)[] =>
  passed(tap, cmd).map(({ messageId }) => messageId);

/** Number of packets of each kind that the daemon sent. */
export const sentByDaemon = ({ packets }: WireTap): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { from, packet } of packets.entries)
    if (from === 'daemon') counts[packet.cmd] = (counts[packet.cmd] ?? 0) + 1;
  return counts;
};

/**
 * Waits until the daemon's next ping has passed; everything sent before it has passed too. So a packet not
 * seen by then was not sent, and no time has to be guessed.
 */
export async function nextPing(tap: WireTap): Promise<void> {
  const isPing = ({ packet }: Passed): boolean => packet.cmd === 'pingreq';
  const nth = passed(tap, 'pingreq').length + 1;
  await tap.packets.first('ping', isPing, { nth });
}
