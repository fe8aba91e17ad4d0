/** What the flight recorder costs: CPU a message, for its arrival, one call and its settlement. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncScheduler } from 'rxjs';
import type { Message } from '../lib/rules/message/decode.js';
import { recorder } from '../streams/programs/recorder.js';

const messages = 100_000;
const rounds = 5;

const messageOf = (seq: number): Message => {
  const body = { text: 'x'.repeat(60) };
  const payload = { text: JSON.stringify({ function: 'int1-open-door', body: body.text }) };
  const topic = 's2u/cv12345/command';
  const publish = { seq, topic, payload, qos: 1, retain: false, dup: false, receivedAt: Date.now() } as const;
  return {
    name: 'int1-open-door',
    integration: 'int1',
    message: 'open-door',
    body,
    publish,
    lifetimeMs: Number.POSITIVE_INFINITY,
  };
};

const path = await mkdtemp(join(tmpdir(), 'cvmqtt-bench-'));
const recording = recorder({
  directory: { path, isShared: false },
  uid: 0,
  fileName: 'recorder.ndjson',
  clock: { wallMs: Date.now, boot: '1b4e28ba', uptimeMs: () => performance.now() },
  scheduler: asyncScheduler,
  broken: (detail) => {
    throw new Error(detail);
  },
});
recording.configure({ recorder_max_bytes: 1_048_576, recorder_payloads: 'full' });
const costs: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const all = Array.from({ length: messages }, (_, at) => messageOf(at + 1));
  const before = process.cpuUsage();
  for (const message of all) {
    const { publish } = message;
    recording.arrived(publish);
    recording.called(1.234567, { kind: 'accepted' }, message, { kind: 'notifier' });
    const settlement = { kind: 'notified', publish, message, attempts: 1, tookMs: 1 } as const;
    recording.report({ kind: 'settled', settlement });
  }
  const { user, system } = process.cpuUsage(before);
  costs.push((user + system) / messages);
}
recording.close();
await rm(path, { recursive: true });
const sorted = costs.sort((one, other) => one - other);
process.stdout.write(
  `${sorted[Math.floor(rounds / 2)]?.toFixed(1)} µs of CPU a message (${sorted[0]?.toFixed(1)}–${sorted.at(-1)?.toFixed(1)})\n`,
);
