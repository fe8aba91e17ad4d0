// Publishes at a steady rate, in a process of its own: bench/daemon/latency.ts starts it.
//   publisher-process.ts PORT TOPIC INTEGRATIONS RATE WARM-UP-SECONDS SECONDS
// Prints how late it was itself, ms.
import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { generate } from 'mqtt-packet';
import { monotonicMs } from './clock.js';
import { payloadOf, sentAt } from './message.js';
import { quantile } from './statistics.js';

const [port = '', topic = '', ...numbers] = process.argv.slice(2);
const [integrations = 1, rate = 1, warmUpS = 0, seconds = 0] = numbers.map(Number);

/** PUBACK of MQTT 3.1.1. */
const ackBytes = 4;

const socket = connect(Number(port), '127.0.0.1');
socket.setNoDelay();
socket.write(
  generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    clientId: 'publisher',
    keepalive: 0,
  }),
);
await once(socket, 'data');
const count = (warmUpS + seconds) * rate;
let missing = count * ackBytes;
const acknowledged = new Promise<void>((resolve) => {
  socket.on('data', (chunk) => {
    missing -= chunk.length;
    if (missing === 0) resolve();
  });
});

const cell = new Int32Array(new SharedArrayBuffer(4));
const late: number[] = [];
const startAt = monotonicMs() + 10;
for (let n = 0; n < count; n += 1) {
  const dueAt = startAt + (n * 1_000) / rate;
  // Timers of Node.js have a resolution of 1 ms, which is coarser than the latencies measured.
  for (let left = dueAt - monotonicMs(); left > 0; left = dueAt - monotonicMs())
    Atomics.wait(cell, 0, 0, left);
  const warm = n < warmUpS * rate;
  socket.write(
    generate({
      cmd: 'publish',
      topic,
      payload: payloadOf(n, integrations, warm ? 'warm;' : sentAt(dueAt)),
      qos: 1,
      messageId: (n % 65_535) + 1,
      dup: false,
      retain: false,
    }),
  );
  if (!warm) late.push(monotonicMs() - dueAt);
  await setImmediate();
}
await acknowledged;
process.stdout.write(`${JSON.stringify({ p50: quantile(late, 0.5), p99: quantile(late, 0.99) })}\n`);
socket.destroy();
