import type { Packet } from 'mqtt-packet';
import type { Random } from '../random.js';

const topic = 's2u/cv1/command';

/** A packet that a broker may send. */
export const packet = (random: Random, version: 4 | 5): Packet => {
  const messageId = 1 + random.below(random.chance(0.5) ? 3 : 65_535);
  const publish = (qos: 0 | 1 | 2): Packet => ({
    cmd: 'publish',
    topic: random.pick([topic, 's2u/cv1/int1-a', 's2u/cv1/\u00e4']),
    payload: random.chance(0.9) ? '{"function":"int1-a"}' : random.bytes(random.below(300)),
    qos,
    messageId,
    retain: random.chance(0.2),
    dup: qos > 0 && random.chance(0.2),
    ...(version === 5 && {
      properties: {
        messageExpiryInterval: 5,
        userProperties: { a: 'b' },
        ...(random.chance(0.1) && { topicAlias: 1 }),
      },
    }),
  });
  switch (random.below(10)) {
    case 0:
      return { cmd: 'pingresp' };
    case 1:
      return { cmd: 'suback', messageId: 1, granted: [random.pick([0, 1, 2, 128])] };
    case 2:
      return { cmd: 'pubrel', messageId };
    case 3:
      return { cmd: 'unsuback', messageId, granted: [0] };
    case 4:
      return version === 5 && random.chance(0.3) ? { cmd: 'disconnect', reasonCode: 142 } : publish(1);
    case 5:
      return publish(0);
    case 6:
      return publish(2);
    default:
      return publish(1);
  }
};

/** Where the packets of a stream begin, as far as their lengths lead. */
export const startsIn = (stream: Buffer): readonly number[] => {
  const starts = [];
  for (let at = 0; at < stream.length; ) {
    starts.push(at);
    let [length, shift] = [0, 0];
    let byte = 128;
    for (at += 1; byte >= 128 && at < stream.length && shift < 28; at += 1, shift += 7) {
      byte = stream[at] ?? 0;
      length |= (byte & 127) << shift;
    }
    at += length;
  }
  return starts;
};

/** Types that a broker never sends, flags that a type must not have, and those that are sent at another time. */
export const heads = [
  0x00, 0x10, 0x20, 0x30, 0x32, 0x34, 0x36, 0x3d, 0x40, 0x50, 0x60, 0x62, 0x70, 0x82, 0x90, 0xa2, 0xb0, 0xc0,
  0xd0, 0xe0, 0xf0,
];
