import { spawnSync } from 'node:child_process';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { layout } from '../lib/config/layout.js';
import { startBroker } from '../sim/broker.js';
import type { SimServer } from '../sim/server.js';
import { type AtEnd, scoped, temporaryDirectory } from '../spec/rig/at-end.js';
import { startCvmqtt } from '../spec/rig/daemon.js';
import { secret, username } from '../spec/rig/login.js';
import { type Rig, startRig } from '../spec/rig/rig.js';
import { day } from '../spec/rig/sample-day.js';
import { seeded } from '../spec/rig/seeded.js';
import { startServer } from '../spec/rig/server.js';
import type { Scene } from './scene.js';
import { registeredFirst, settings, story } from './story.js';

/*
 * Plays the sample day, between the simulators and the daemon as it is built, and puts what was captured and what the
 * daemon logged into samples/day: npm run --silent build && npm run sample
 */

/** Time for the last messages to settle, ms. */
const lastMs = settings.hold_unregistered_ms + 3_000;

const record = async (atEnd: AtEnd): Promise<void> => {
  const broker = await startBroker({ secret });
  atEnd(broker.close);
  const rig = await startRig(atEnd, {
    brokerUrl: broker.url,
    integrations: registeredFirst,
    allowReserved: true,
    settings,
  });
  const server = await startServer(atEnd, broker.url);
  await server.publish(`s2u/${username}/display-opening-hours`, '06:00-22:00', { retain: true });
  const written = join(await temporaryDirectory(atEnd), 'capture.ndjson');
  const capture = startCvmqtt(atEnd, ['capture', rig.home, '-o', written]);
  await capture.stderr.first('the capture to subscribe', (line) => line.startsWith('subscribed'));
  const daemon = await rig.connected('--log-level', 'debug');
  await daemon.logged('settled');

  const scenes = story(seeded(17));
  await play(scenes, rig, server);
  await setTimeout(lastMs);
  await daemon.stop();
  await capture.end('SIGINT');
  await copyFile(written, day.capture);
  await writeFile(day.settings, `${JSON.stringify(settings, null, 2)}\n`);
  await copyFile(layout(rig.home).integrations, day.alwaysRegistered);
  const settled = daemon.stderr.entries.filter((line) => line.includes('"event":"settled"'));
  await writeFile(day.daemonLog, `${settled.join('\n')}\n`);
  process.stdout.write(`${scenes.length} scenes; ${capture.stderr.entries.at(-1)}\n`);
};

/** Plays each scene at its time. */
const play = async (scenes: readonly Scene[], rig: Rig, server: SimServer): Promise<void> => {
  const startedAt = performance.now();
  const sent: Promise<unknown>[] = [];
  for (const scene of scenes) {
    const wait = scene.at - (performance.now() - startedAt);
    if (wait > 0) await setTimeout(wait);
    sent.push(act(scene, rig, server));
  }
  await Promise.all(sent);
};

const act = (scene: Scene, { cvmain }: Rig, server: SimServer): Promise<unknown> => {
  switch (scene.kind) {
    case 'command':
      return server.send(username, scene.envelope, scene.options);
    case 'publish':
      return server.publish(`s2u/${username}${scene.topic}`, scene.payload, scene.options);
    case 'register':
      return cvmain.register(scene.name);
    case 'unregister':
      return cvmain.unregister(scene.name);
  }
};

await scoped(record);
// The spec checks the recording.
const { status } = spawnSync('npx', ['mocha', 'spec/e2e/sample-day.spec.ts'], { stdio: 'inherit' });
process.exitCode = status ?? 1;
