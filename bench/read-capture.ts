// The cost of reading a capture into records, compared with reading and JSON-parsing the same file:
//   npx tsx bench/read-capture.ts [messages, default 1000000]
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { print } from '../bin/command.js';
import { openCapture } from '../lib/capture/open.js';
import { linesOf } from '../lib/util/lines.js';
import { writeCapture } from './capture-file.js';

const messages = Number(process.argv[2] ?? 1_000_000);
const directory = await mkdtemp(join(tmpdir(), 'cvmqtt-bench-'));
const file = join(directory, 'capture.ndjson');

const ways: Record<string, () => Promise<number>> = {
  'readline, JSON.parse': async () => {
    let count = 0;
    for await (const line of createInterface({ input: createReadStream(file) })) {
      JSON.parse(line);
      count += 1;
    }
    return count;
  },
  'linesOf, JSON.parse': async () => {
    let count = 0;
    for await (const lines of linesOf(createReadStream(file, { highWaterMark: 262_144 }))) {
      for (const line of lines) if (typeof line === 'string') JSON.parse(line);
      count += lines.length;
    }
    return count;
  },
  openCapture: async () => {
    let count = 0;
    for await (const records of openCapture(file)) {
      for (const { kind } of records) if (kind === 'broken') throw new Error('a broken line');
      count += records.length;
    }
    return count;
  },
};

const measured = async (read: () => Promise<number>) => {
  const [from, cpu] = [performance.now(), process.cpuUsage()];
  const lines = await read();
  const { user, system } = process.cpuUsage(cpu);
  if (lines !== messages + 1) throw new Error(`${lines} lines`);
  return { ms: performance.now() - from, cpuMs: (user + system) / 1_000 };
};

try {
  await writeCapture(file, messages);
  const { size } = await stat(file);
  print(`${messages} messages, ${(size / 1_048_576).toFixed(0)} MiB; best of five runs, in turns`);
  const best = new Map(Object.keys(ways).map((name) => [name, { ms: Infinity, cpuMs: Infinity }]));
  for (let run = 0; run < 5; run += 1) {
    for (const [name, read] of Object.entries(ways)) {
      const [one, other] = [await measured(read), best.get(name)];
      if (other !== undefined) {
        best.set(name, { ms: Math.min(one.ms, other.ms), cpuMs: Math.min(one.cpuMs, other.cpuMs) });
      }
    }
  }
  for (const [name, { ms, cpuMs }] of best) {
    const rate = Math.round(messages / ms) * 1_000;
    const cpuNs = Math.round((cpuMs / messages) * 1e6);
    print(
      `${name.padEnd(22)} ${String(rate).padStart(8)} lines/s  ${String(cpuNs).padStart(5)} ns of CPU a line`,
    );
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}
