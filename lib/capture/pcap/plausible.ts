import { isPublish, packetSize } from './framer.js';

/**
 * Whether bytes from the middle of a connection seem to begin with an MQTT packet: all whole packets in them are well-formed,
 * and what may follow can be the start of one. Other protocols pass only by an unlikely accident.
 */
export const beginsMqtt = (bytes: Uint8Array): boolean => {
  let at = 0;
  while (at < bytes.length) {
    const size = packetSize(bytes, at);
    if (size === undefined) return false;
    if (size === 0 || at + size > bytes.length) return at > 0 || isPublishStart(bytes.subarray(at));
    if (!isWhole(bytes.subarray(at, at + size))) return false;
    at += size;
  }
  return bytes.length > 0;
};

/** Where the variable header begins: after the remaining length. */
const headerAt = (bytes: Uint8Array): number => bytes.findIndex((byte, at) => at > 0 && byte < 0x80) + 1;

/** Whether a whole packet has a size, and the first fields, that its type allows (MQTT 5, 3; MQTT 3.1.1, 3). */
export const isWhole = (bytes: Uint8Array): boolean => {
  const [first = 0] = bytes;
  const at = headerAt(bytes);
  const length = bytes.length - at;
  const hasId = length >= 2 && (bytes[at] !== 0 || bytes[at + 1] !== 0);
  const reason = bytes[at + 2] ?? 0;
  if (isPublish(first)) return isPublishStart(bytes);
  switch (first) {
    case 0x10:
      return isConnect(bytes.subarray(at));
    case 0x20:
      return length >= 2 && (bytes[at] ?? 2) <= 1 && length < 1_024;
    case 0x40:
    case 0x50:
    case 0x62:
    case 0x70:
      // Success, no matching subscribers, or an error (MQTT 5, 2.4).
      return hasId && length < 1_024 && (length === 2 || reason === 0 || reason === 0x10 || reason >= 0x80);
    case 0x82:
    case 0xa2:
      return hasId && length >= 5;
    case 0x90:
      return hasId && length >= 3;
    case 0xb0:
      return hasId;
    case 0xc0:
    case 0xd0:
      return length === 0;
    default:
      return length < 1_024;
  }
};

const isConnect = (body: Uint8Array): boolean => {
  const name = Buffer.from(body.subarray(0, 8)).toString('latin1');
  return name.startsWith('\0\x04MQTT') || name === '\0\x06MQIsdp';
};

/** Whether this is the start of a publish whose topic, as far as it is there, is text without wildcards. */
const isPublishStart = (bytes: Uint8Array): boolean => {
  const [first] = bytes;
  const size = packetSize(bytes, 0);
  if (!isPublish(first) || size === undefined) return false;
  const at = headerAt(bytes);
  const topicBytes = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  const idBytes = ((first ?? 0) & 0x06) === 0 ? 0 : 2;
  // Too short to say more.
  if (size === 0 || bytes.length < at + 2) return size === 0 || size > bytes.length;
  if (at + 2 + topicBytes + idBytes > size) return false;
  // Empty with a topic alias, which takes at least four bytes.
  if (topicBytes === 0) return at + 2 + idBytes + 4 <= size && bytes.length === size;
  const topic = Buffer.from(bytes.subarray(at + 2, at + 2 + topicBytes)).toString();
  // The last character may be cut off.
  return !/[\p{Cc}+#]|\ufffd./u.test(topic);
};
