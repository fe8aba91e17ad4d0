import { once } from 'node:events';
import type { Socket } from 'node:net';
import { generate, type Packet, parser } from 'mqtt-packet';
import { outside } from '../../streams/programs/outside.js';
import { Random } from '../random.js';
import { check, type Target } from '../target.js';
import { accepting } from './accepting.js';
import { heads, packet, startsIn } from './mqtt-packets.js';

const versionOf = (input: Buffer): 4 | 5 => ((input[0] ?? 0) % 2 === 0 ? 4 : 5);

const header = 2;

/**
 * A broker that says anything, over a real socket. The first two bytes of an input are the version of MQTT and how the rest
 * is cut; the rest is what the broker writes.
 */
export const broker: Target = {
  name: 'broker',
  costly: true,
  make: (random) => {
    const version = random.pick([4, 5] as const);
    const all: Packet[] = [
      { cmd: 'connack', returnCode: 0, reasonCode: 0, sessionPresent: random.chance(0.5) },
    ];
    for (let n = random.below(12); n > 0; n -= 1) all.push(packet(random, version));
    const stream = all.map((each) => generate(each, { protocolVersion: version }));
    return Buffer.concat([Buffer.from([version === 4 ? 0 : 1, random.below(256)]), ...stream]);
  },
  mutate: (input, random) => {
    const stream = input.subarray(header);
    const starts = startsIn(stream);
    if (starts.length === 0) return input;
    const n = random.below(starts.length);
    const [from = 0, to = stream.length] = starts.slice(n, n + 2);
    const one = Buffer.from(stream.subarray(from, to));
    const other = random.pick(starts);
    if (random.chance(0.5)) one[0] = random.pick(heads);
    const parts = random.pick([
      [stream.subarray(0, from), one, stream.subarray(to)],
      [stream.subarray(0, from), stream.subarray(to)],
      [stream.subarray(0, other), one, stream.subarray(other)],
    ]);
    return Buffer.concat([input.subarray(0, header), ...parts]);
  },
  run: async (input) => {
    const version = versionOf(input);
    const random = new Random(input[1] ?? 0);
    const { port, next } = await accepting();
    const acknowledged: number[] = [];
    const received = new Set<number>();
    let [connects, closes, publishes] = [0, 0, 0];
    let closed: () => void = () => undefined;
    const end = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const failures: unknown[] = [];
    const guarded = <A>(act: () => A, otherwise: A): A => {
      try {
        return act();
      } catch (error) {
        failures.push(error);
        return otherwise;
      }
    };
    const visit = next();
    const connection = outside.openConnection(
      {
        address: { protocol: 'mqtt', host: '127.0.0.1', port, path: '/' },
        clientId: 'cvmqtt-cv1',
        username: 'cv1',
        password: 'token',
        protocolVersion: version,
        keepaliveS: 60,
        sessionExpiryS: 600,
        receiveMaximum: 256,
      },
      {
        publish: (incoming) =>
          guarded(() => {
            publishes += 1;
            check(connects === 1 && closes === 0, 'publishes while the connection stands');
            check(
              incoming.topic !== '' && !/[#+\0]/.test(incoming.topic),
              `a topic of a publish: ${incoming.topic}`,
            );
            const { qos, packetId } = incoming;
            check(qos === 0 ? packetId === undefined : packetId !== undefined && packetId > 0, 'a packet id');
            if (packetId !== undefined && qos > 0) {
              received.add(packetId);
              connection.acknowledge([{ packetId, qos: qos === 2 ? 2 : 1 }]);
            }
            const room = random.chance(0.8);
            if (!room) setImmediate(() => connection.resume());
            return room;
          }, true),
        happened: (event) => {
          if (event.kind === 'connected') {
            connects += 1;
            connection.subscribe(['s2u/cv1/#'], () => undefined);
          }
          if (event.kind === 'released') guarded(() => check(event.packetId > 0, 'a packet id'), undefined);
          if (event.kind !== 'closed') return;
          closes += 1;
          closed();
        },
      },
    );
    const socket = await visit;
    const written = parser({ protocolVersion: version });
    written.on('packet', ({ cmd, messageId }) => {
      if ((cmd === 'puback' || cmd === 'pubrec') && messageId !== undefined) acknowledged.push(messageId);
    });
    written.on('error', (error) => failures.push(error));
    socket.on('data', (chunk) => written.parse(chunk));
    await once(socket, 'data');
    await inPieces(socket, input.subarray(header), random);
    socket.end();
    await end;
    await new Promise((resolve) => setImmediate(resolve));
    connection.end();
    socket.destroy();
    if (failures.length > 0) throw failures[0];
    check(closes === 1, 'one end');
    check(connects <= 1, 'one beginning');
    check(publishes === 0 || connects === 1, 'no publish without CONNACK');
    check(
      acknowledged.every((id) => received.has(id)),
      'no acknowledgement of what did not come',
    );
  },
};

const inPieces = async (socket: Socket, bytes: Buffer, random: Random): Promise<void> => {
  const pieces = random.below(4);
  let from = 0;
  for (let n = 0; n < pieces && from < bytes.length; n += 1) {
    const to = from + 1 + random.below(Math.min(bytes.length - from, random.pick([3, 100, 65_536])));
    if (!socket.destroyed) socket.write(bytes.subarray(from, to));
    await new Promise((resolve) => setImmediate(resolve));
    from = to;
  }
  if (!socket.destroyed) socket.write(bytes.subarray(from));
};
