import type { PublishPacket } from '../packets/packet.js';
import type { Incoming } from './connection.js';

/** The publish of a PUBLISH packet received now. */
export const incomingOf = (packet: PublishPacket): Incoming => {
  // Field by field: this runs for every message, and spreading is slow.
  const { topic, payload, qos, retain, dup, packetId, oversized } = packet;
  const incoming = { packetId, topic, payload, qos, retain, dup, receivedAt: Date.now() };
  const expiryS = packet.properties?.messageExpiryInterval;
  if (expiryS === undefined && oversized === undefined) return incoming;
  return {
    ...incoming,
    ...(expiryS === undefined ? {} : { expiresInMs: expiryS * 1000 }),
    ...(oversized === undefined ? {} : { oversized }),
  };
};
