/**
 * What the size of V8's new space costs the daemon in memory and CPU: `npx tsx bench/memory.ts [messages]`, after
 * `npm run build`. Each run starts a daemon while messages for 10 integrations wait at mosquitto.
 */
import { print } from '../bin/command.js';
import { scoped } from '../spec/rig/at-end.js';
import { startChild } from '../spec/rig/child.js';
import { cvmqtt } from '../spec/rig/daemon.js';
import { flood } from '../spec/rig/flood.js';
import { makeSession, startBroker } from './daemon/broker.js';
import { cleanUpAtExit } from './daemon/clean-up.js';
import { monotonicMs } from './daemon/clock.js';
import { cpuSeconds, memoryOf } from './daemon/cost.js';
import { payloadOf } from './daemon/message.js';
import { startSink } from './daemon/sink.js';
import { median } from './daemon/statistics.js';
import { makeUnit } from './daemon/unit.js';

/** The daemon stops the growth of the new space once it is connected; these flags make it larger from the start. */
const flags = ['', '--min-semi-space-size=4', '--min-semi-space-size=8', '--min-semi-space-size=16'];
const rounds = 3;
const inFlight = 256;
const integrations = 10;
const messages = Number(process.argv[2] ?? 100_000);

const run = (flag: string) =>
  scoped(async (atEnd) => {
    const broker = await startBroker(atEnd, inFlight);
    const sink = await startSink(atEnd);
    const unit = await makeUnit(atEnd, { brokerPort: broker.port, cvmainPort: sink.port, integrations });
    await makeSession(broker, unit.clientId, unit.filter);
    await flood(broker.port, unit.topic, messages, (n) => payloadOf(n, integrations));
    const calls = await sink.expect({ count: messages, timed: false });
    const args = [...(flag === '' ? [] : [flag]), cvmqtt, 'run', unit.home];
    const { pid } = startChild(atEnd, process.execPath, args);
    await broker.subscribed(unit.clientId, 2);
    const [startedAt, cpuBefore] = [monotonicMs(), await cpuSeconds(pid)];
    const { lastAt } = await calls.all;
    const cpuS = (await cpuSeconds(pid)) - cpuBefore;
    return {
      perSecond: (messages / (lastAt - startedAt)) * 1_000,
      cpuPer100k: (cpuS / messages) * 100_000,
      mostMb: (await memoryOf(pid)).most,
    };
  });

cleanUpAtExit();
const runs = flags.map((flag) => ({ flag, all: [] as Awaited<ReturnType<typeof run>>[] }));
for (let round = 0; round < rounds; round += 1) for (const { flag, all } of runs) all.push(await run(flag));
print(
  `${messages} messages, medians of ${rounds}\n\n| flag | msg/s | CPU s per 100,000 | peak RSS, MB |\n|---|---|---|---|`,
);
for (const { flag, all } of runs) {
  const of = (pick: (one: (typeof all)[number]) => number): number => median(all.map(pick));
  const [rate, cpu, mb] = [of((one) => one.perSecond), of((one) => one.cpuPer100k), of((one) => one.mostMb)];
  print(`| ${flag || 'none'} | ${Math.round(rate)} | ${cpu.toFixed(1)} | ${Math.round(mb)} |`);
}
