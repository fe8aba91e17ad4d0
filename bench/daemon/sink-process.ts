// The process of the sink: bench/daemon/sink.ts starts it and talks to it.
import { once } from 'node:events';
import * as E from 'fp-ts/lib/Either.js';
import { monotonicMs } from './clock.js';
import { fastCvmain } from './http2-server.js';
import { readSentAt } from './message.js';
import { Expected, type FromSink } from './sink-messages.js';
import { quantile } from './statistics.js';

const send = (message: FromSink): void => void process.send?.(message);

let expected: Expected = { count: 0, timed: false };
let count = 0;
let firstAt = 0;
let cpuBefore = process.cpuUsage();
let latencies: number[] = [];

const server = fastCvmain((request) => {
  count += 1;
  if (count > expected.count) return;
  if (expected.timed) {
    const latency = monotonicMs() - readSentAt(request);
    if (!Number.isNaN(latency)) latencies.push(latency);
  }
  if (count === 1) {
    firstAt = monotonicMs();
    cpuBefore = process.cpuUsage();
  }
  if (count === expected.count) send({ kind: 'all', ...arrivals() });
});

const arrivals = () => {
  const { user, system } = process.cpuUsage(cpuBefore);
  const at = (share: number): number => (expected.timed ? quantile(latencies, share) : 0);
  return {
    firstAt,
    lastAt: monotonicMs(),
    cpuS: (user + system) / 1e6,
    latencyMs: { p50: at(0.5), p99: at(0.99), p999: at(0.999) },
  };
};

process.on('message', (message) => {
  const decoded = Expected.decode(message);
  if (E.isLeft(decoded)) throw new Error('unexpected message to the sink');
  expected = decoded.right;
  count = 0;
  latencies = [];
  send({ kind: 'ready' });
});
process.on('disconnect', () => process.exit());

server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('the sink has no port');
send({ kind: 'listening', port: address.port });
