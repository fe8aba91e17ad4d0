import { once } from 'node:events';
import { connect } from 'node:net';
import { generate } from 'mqtt-packet';
import { serverToken } from './login.js';

/** Size of PUBACK and CONNACK in MQTT 3.1.1, bytes. */
const ackBytes = 4;

/** Number of publishes per write. */
const batch = 1_000;

/**
 * Publishes QoS 1 messages as fast as the broker takes them, which no client library does; `payload` makes
 * the nth. Resolves when the broker has acknowledged all of them.
 */
export async function flood(
  port: number,
  topic: string,
  count: number,
  payload: (n: number) => string,
): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  let acknowledged = -1;
  let bytes = 0;
  const all = new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      acknowledged = Math.floor(bytes / ackBytes) - 1;
      if (acknowledged >= count) resolve();
    });
  });
  socket.write(
    generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      clientId: 'flood',
      keepalive: 0,
      username: 'server',
      password: Buffer.from(serverToken),
    }),
  );
  for (let sent = 0; sent < count; sent += batch) {
    const packets = Array.from({ length: Math.min(batch, count - sent) }, (_, n) =>
      generate({
        cmd: 'publish',
        topic,
        payload: payload(sent + n),
        qos: 1,
        messageId: ((sent + n) % 65_535) + 1,
        dup: false,
        retain: false,
      }),
    );
    if (!socket.write(Buffer.concat(packets))) await once(socket, 'drain');
  }
  await all;
  socket.destroy();
}
