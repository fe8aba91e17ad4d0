// Does cvmqtt capture keep up with mosquitto and mosquitto_pub? Prints the rate and what was lost.
//   npm run --silent build && npx tsx bench/capture.ts [messages a second, default 20000] [seconds, default 10]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { print } from '../bin/command.js';
import { openCapture } from '../lib/capture/open.js';
import { freePort } from '../spec/rig/free-port.js';
import { cpuSeconds } from './daemon/cost.js';

const rate = Number(process.argv[2] ?? 20_000);
const seconds = Number(process.argv[3] ?? 10);
const total = rate * seconds;
const cvmqtt = process.env['CVMQTT_BIN'] ?? 'dist/bin/cvmqtt.js';
const directory = await mkdtemp(join(tmpdir(), 'cvmqtt-bench-'));

/** Starts a program; resolves when a line on its stderr matches. */
const started = async (command: string, args: readonly string[], says: RegExp) => {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  const lines = createInterface(child.stderr);
  await new Promise<void>((resolve) => lines.on('line', (line) => says.test(line) && resolve()));
  return { child, exited };
};

/** Publishes with mosquitto_pub, in batches every 10 ms that follow the rate. Returns the rate reached, messages a second. */
const publish = async (port: number, qos: number): Promise<number> => {
  const args = ['-p', String(port), '-q', String(qos), '-t', 's2u/cv12345/command', '-l'];
  const child = spawn('mosquitto_pub', args, { stdio: ['pipe', 'inherit', 'inherit'] });
  const exited = once(child, 'exit');
  const body = 'x'.repeat(100);
  const startedAt = performance.now();
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1_000) * rate));
    let lines = '';
    for (; sent < due; sent += 1) lines += `{"function":"int1-${sent}","body":"${body}"}\n`;
    if (lines !== '' && !child.stdin.write(lines)) await once(child.stdin, 'drain');
    await setTimeout(10);
  }
  child.stdin.end();
  await exited;
  return total / ((performance.now() - startedAt) / 1_000);
};

/** Counts distinct messages in a capture, and lines that are not messages. */
const contentOf = async (file: string) => {
  const names = new Set<string>();
  let broken = 0;
  for await (const records of openCapture(file)) {
    for (const record of records) {
      if (record.kind === 'broken') broken += 1;
      if (record.kind === 'publish' && 'text' in record.publish.payload) {
        names.add(record.publish.payload.text.slice(0, 40));
      }
    }
  }
  return { messages: names.size, broken };
};

const run = async (port: number, qos: number, version: string): Promise<void> => {
  const file = join(directory, `capture-${qos}-${version}.ndjson`);
  const args = [cvmqtt, 'capture', '-p', String(port), '-t', 's2u/#', '-V', version, '-o', file];
  const { child, exited } = await started(process.execPath, args, /^subscribed/);
  const cpuAtStart = await cpuSeconds(child.pid ?? 0);
  const published = await publish(port, qos);
  await setTimeout(1_000);
  const cpu = (await cpuSeconds(child.pid ?? 0)) - cpuAtStart;
  child.kill('SIGINT');
  await exited;
  const { messages, broken } = await contentOf(file);
  const { size } = await stat(file);
  print(
    `QoS ${qos}, MQTT ${version.padEnd(5)}  published ${Math.round(published)}/s, ${total}; captured ${messages}, lost ${total - messages}, broken ${broken}; ${((cpu / messages) * 1e6).toFixed(0)} µs of CPU a message; ${(size / 1_048_576).toFixed(0)} MiB`,
  );
};

const port = await freePort();
const config = join(directory, 'mosquitto.conf');
await writeFile(config, `listener ${port} 127.0.0.1\nallow_anonymous true\nlog_dest stderr\nuser root\n`);
const broker = await started('mosquitto', ['-c', config], /version .* running/);
try {
  for (const version of ['3.1.1', '5']) for (const qos of [1, 0]) await run(port, qos, version);
} finally {
  broker.child.kill();
  await rm(directory, { recursive: true, force: true });
}
