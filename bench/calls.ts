/**
 * The cost of one call with each library of `grpc_client`, in alternating runs against the same server.
 * `npx tsx bench/calls.ts [pairs] [calls]`; each run is a process of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as t from 'io-ts';
import { connectCvmain } from '../lib/cvmain/client.js';
import { decodeJsonWith } from '../lib/util/codec.js';
import { rightOf } from '../spec/support/either.js';
import { libraries } from '../spec/support/grpc-clients.js';
import { median } from './daemon/statistics.js';

const inFlight = 32;
const warmUp = 5_000;
const self = fileURLToPath(import.meta.url);
const sink = fileURLToPath(new URL('./calls-sink.ts', import.meta.url));

const Run = t.type({ callsPerSecond: t.number, cpuMicrosPerCall: t.number, rssMb: t.number }, 'Run');
type Run = t.TypeOf<typeof Run>;

const notification = {
  type: 'int1-open',
  vals: [
    { k: 'integration', v: 'int1' },
    { k: 'message', v: 'open' },
    { k: 'body', v: 'x'.repeat(256) },
    { k: 'topic', v: 's2u/cv12345/command' },
    { k: 'dt', v: '2026-11-23T08:03:50.408Z' },
  ],
};

const measure = async (name: string, address: string, calls: number): Promise<Run> => {
  const library = libraries.find((each) => each === name);
  if (library === undefined) throw new Error(`no such library: ${name}`);
  const client = connectCvmain({ library, address, callDeadlineMs: 10_000 });
  const make = (count: number): Promise<void> =>
    new Promise((resolve, reject) => {
      let [begun, ended] = [0, 0];
      const next = (): void => {
        begun += 1;
        client.sendNotification(notification, { kind: 'notifier' }, (outcome) => {
          ended += 1;
          if (outcome.kind !== 'accepted') reject(new Error(outcome.detail));
          else if (ended === count) resolve();
          else if (begun < count) next();
        });
      };
      for (let at = 0; at < inFlight; at += 1) next();
    });
  await make(warmUp);
  const [startedAt, cpuBefore] = [performance.now(), process.cpuUsage()];
  await make(calls);
  const [ms, cpu] = [performance.now() - startedAt, process.cpuUsage(cpuBefore)];
  client.close();
  return {
    callsPerSecond: (calls / ms) * 1_000,
    cpuMicrosPerCall: (cpu.user + cpu.system) / calls,
    rssMb: process.memoryUsage.rss() / 1e6,
  };
};

const start = (...args: readonly string[]): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });

const firstLine = async (child: ChildProcess): Promise<string> => {
  if (child.stdout === null) throw new Error('the process has no stdout');
  const [line] = await once(createInterface(child.stdout), 'line');
  return `${line}`;
};

const cell = (values: readonly number[]): string => {
  const digits = median(values) < 1_000 ? 1 : 0;
  return `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;
};

const compare = async (pairs: number, calls: number): Promise<void> => {
  const server = start(sink);
  const address = `127.0.0.1:${await firstLine(server)}`;
  const runs = new Map<string, Run[]>(libraries.map((library) => [library, []]));
  for (let pair = 0; pair < pairs; pair += 1)
    for (const [name, all] of runs) {
      const child = start(self, 'client', name, address, `${calls}`);
      all.push(rightOf(decodeJsonWith(Run)(await firstLine(child))));
    }
  server.kill();
  const [own = [], reference = []] = [...runs.values()];
  const row = (title: string, pick: (run: Run) => number): string => {
    const ratio = own.map((run, at) => pick(run) / pick(reference[at] ?? run));
    return `| ${title} | ${cell(own.map(pick))} | ${cell(reference.map(pick))} | ${median(ratio).toFixed(2)} |`;
  };
  process.stdout.write(
    `${[
      `${calls} calls, ${inFlight} in flight, ${pairs} pairs: median (min–max)`,
      '',
      '| | http2 | grpc-js | ratio |',
      '|---|---|---|---|',
      row('calls/s', (run) => run.callsPerSecond),
      row('CPU µs a call', (run) => run.cpuMicrosPerCall),
      row('RSS at the end, MB', (run) => run.rssMb),
    ].join('\n')}\n`,
  );
};

const [first = '5', second = '50000', address = '', calls = '0'] = process.argv.slice(2);
if (first === 'client')
  process.stdout.write(`${JSON.stringify(await measure(second, address, Number(calls)))}\n`);
else await compare(Number(first), Number(second));
