/** A publish of this client, at QoS 1. */
export interface Outgoing {
  /** A valid topic name. */
  readonly topic: string;
  /** JSON. */
  readonly payload: string;
  readonly retain: boolean;
  /** MQTT 5: what the request had (3.3.2.3.6); not written in 3.1.1. At most 65,535 bytes. */
  readonly correlationData?: Uint8Array;
}

/**
 * The PUBLISH packet of a message, at QoS 1 (MQTT 5 and 3.1.1, 3.3). `dup`: it was written before, on an earlier connection
 * [MQTT-3.3.1-1].
 */
export const publishPacket = (
  { topic, payload, retain, correlationData }: Outgoing,
  packetId: number,
  dup: boolean,
  version: 4 | 5,
): Buffer => {
  const properties = version === 5 ? propertiesOf(correlationData) : [];
  const id = Buffer.of(packetId >> 8, packetId & 0xff);
  const body = Buffer.concat([prefixed(Buffer.from(topic)), id, ...properties, Buffer.from(payload)]);
  const first = 0x32 | (dup ? 8 : 0) | (retain ? 1 : 0);
  return Buffer.concat([Buffer.of(first), varint(body.length), body]);
};

/** Payload format indicator (the payload is UTF-8), content type, and correlation data (MQTT 5, 3.3.2.3). */
const propertiesOf = (correlationData: Uint8Array | undefined): readonly Uint8Array[] => {
  const all = [
    Buffer.of(1, 1, 3),
    prefixed(Buffer.from('application/json')),
    ...(correlationData === undefined ? [] : [Buffer.of(9), prefixed(correlationData)]),
  ];
  return [varint(all.reduce((bytes, { length }) => bytes + length, 0)), ...all];
};

/** Binary data or a string, with its length in two bytes (MQTT 5, 1.5.4 and 1.5.6). */
const prefixed = (data: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(data.length >> 8, data.length & 0xff), data]);

/** A variable byte integer (MQTT 5, 1.5.5). */
const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  for (let rest = value; bytes.length === 0 || rest > 0; rest >>= 7)
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
  return Buffer.from(bytes);
};
