import { payloadOf } from '../rules/message/payload.js';
import { Conversation, type Said } from './pcap/conversation.js';
import { type FilePacket, packetReader } from './pcap/packet-file.js';
import { type Segment, segmentOf } from './pcap/segment.js';
import { propertiesOfWire } from './properties.js';
import type { CapturedPublish, CaptureRecord, Importer } from './record.js';

/** How many bytes may wait for missing ones, over all connections; beyond it, the longest silent connection is dropped. */
const maxWaitingBytes = 67_108_864;

/** The maximum number of connections tracked at the same time. */
const maxConnections = 10_000;

/**
 * Reads the publishes that brokers sent to clients from a pcap or pcapng file with unencrypted MQTT over TCP. Ignores what
 * clients sent and what isn't MQTT. Missing or malformed data is `broken`, with the packet number as Wireshark counts. The
 * first publish is the start.
 */
export const pcap: Importer = async function* (chunks) {
  const entriesIn = packetReader();
  const recordsOf = recordMaker();
  for await (const chunk of chunks) {
    const records: CaptureRecord[] = [];
    for (const entry of entriesIn(chunk)) {
      if ('detail' in entry) records.push({ kind: 'broken', line: entry.number, detail: entry.detail });
      else records.push(...recordsOf(entry));
    }
    if (records.length > 0) yield records;
  }
  const last = recordsOf(undefined);
  if (last.length > 0) yield last;
};

/** Handles the packets of a file; undefined marks its end. */
const recordMaker = (): ((packet: FilePacket | undefined) => readonly CaptureRecord[]) => {
  /** In order of their last segment, the latest last. */
  const conversations = new Map<string, Conversation>();
  let waiting = 0;
  let publishes = 0;
  let startedAt: number | undefined;
  let timeMs = 0;
  let number = 0;

  const recordOf = (said: Said): CaptureRecord => {
    if ('detail' in said) return { kind: 'broken', line: number, detail: said.detail };
    const { topic, qos, retain, dup, payload, messageId, properties: wire } = said.publish;
    startedAt ??= timeMs;
    publishes += 1;
    const properties = propertiesOfWire(wire);
    const expiryS = wire?.messageExpiryInterval;
    return {
      kind: 'publish',
      offsetMs: Math.round((timeMs - startedAt) * 1000) / 1000,
      publish: {
        seq: publishes,
        topic,
        payload: payloadOf(Buffer.from(payload)),
        qos,
        retain,
        dup,
        receivedAt: Math.floor(timeMs),
        ...(expiryS === undefined ? {} : { expiresInMs: expiryS * 1000 }),
      },
      ...(messageId === undefined ? {} : { packetId: messageId }),
      ...(properties === undefined ? {} : { properties }),
    } satisfies CapturedPublish;
  };

  const giveUpOldest = (): readonly Said[] => {
    const [oldest] = conversations;
    if (oldest === undefined) return [];
    const [key, conversation] = oldest;
    waiting -= conversation.waiting;
    conversations.delete(key);
    return conversation.waiting > 0
      ? [...conversation.ended(), { detail: 'too much of a connection is missing: giving it up' }]
      : [];
  };

  const heard = (segment: Segment): readonly Said[] => {
    const key = segment.from < segment.to ? `${segment.from} ${segment.to}` : `${segment.to} ${segment.from}`;
    const known = conversations.get(key);
    conversations.delete(key);
    waiting -= known?.waiting ?? 0;
    // A SYN without ACK begins a new connection between the same endpoints.
    const isNew = known === undefined || (segment.syn && segment.ack === undefined);
    const ended = isNew ? (known?.ended() ?? []) : [];
    const conversation = isNew ? new Conversation(segment) : known;
    const said = [...ended, ...conversation.take(segment)];
    // Closed connections are kept: their late retransmissions don't begin a new one.
    conversations.set(key, conversation);
    waiting += conversation.waiting;
    while (waiting > maxWaitingBytes || conversations.size > maxConnections) said.push(...giveUpOldest());
    return said;
  };

  return (packet) => {
    if (packet === undefined) {
      return [...conversations.values()].flatMap((conversation) => conversation.ended()).map(recordOf);
    }
    number = packet.number;
    timeMs = Math.max(timeMs, packet.timeMs ?? timeMs);
    const segment = segmentOf(packet.linkType, packet.data);
    return segment === undefined ? [] : heard(segment).map(recordOf);
  };
};
