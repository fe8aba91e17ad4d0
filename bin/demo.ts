import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { firstValueFrom, lastValueFrom, ReplaySubject, share, tap } from 'rxjs';
import { readConfig } from '../lib/config/config.js';
import { layout } from '../lib/config/layout.js';
import { problemLine } from '../lib/config/problem.js';
import { describe } from '../lib/log/describe.js';
import type { DaemonEvent } from '../lib/log/event.js';
import { AckWindow } from '../lib/mqtt/session/ack-window.js';
import { count, newTally, tallyLine } from '../lib/rules/tally.js';
import { writeFileAtomic } from '../lib/storage/atomic-write.js';
import { sessionRecord } from '../lib/storage/session-record.js';
import { printable } from '../lib/util/printable.js';
import type { Notification } from '../sim/app.js';
import { daemon } from '../streams/programs/daemon.js';
import { type Command, complain, parseCommandLine, print, self, untilSignal, wrongUsage } from './command.js';
import { linesOf, play, withNotification } from './demo/play.js';
import { holdMs, script, trusted } from './demo/script.js';
import { exitCode } from './exit-codes.js';
import { type Ports, portOptions, portProblem, readPorts } from './sim/ports.js';
import type { Options, Usage } from './usage.js';

const options = {
  once: { type: 'boolean', default: false, help: 'exit after the script' },
  ...portOptions,
} as const satisfies Options;

const usage: Usage = {
  name: 'demo',
  forms: [['[options]']],
  about:
    'Runs the daemon with a simulated broker, cvmain and sample app on this machine, and sends a short script of messages through it. Then it keeps running until Ctrl-C, for messages of your own.',
  arguments: [],
  options,
  exitCodes: { 0: 'all went as expected', 1: 'something did not', 78: "a port can't be used" },
};

const main = async (args: readonly string[]): Promise<number> => {
  const line = parseCommandLine(args, options);
  if (E.isLeft(line)) return wrongUsage(usage, line.left);
  const { values, positionals } = line.right;
  if (positionals.length > 0) return wrongUsage(usage, 'takes no arguments');
  const ports = readPorts(values);
  if (E.isLeft(ports)) return wrongUsage(usage, ports.left);
  const home = await mkdtemp(join(tmpdir(), 'cvmqtt-demo-'));
  try {
    return await demo(home, ports.right, values.once);
  } catch (error) {
    const problem = portProblem(error, ports.right);
    if (problem === undefined) throw error;
    complain(`cvmqtt demo: ${problem}`);
    return exitCode.config;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
};

const demo = async (home: string, ports: Ports, once: boolean): Promise<number> => {
  const [{ startApp }, { connectServer }, { openSimFile }, { startBrokerOf, startCvmainOf }] =
    await Promise.all([
      import('../sim/app.js'),
      import('../sim/server.js'),
      import('../sim/home.js'),
      import('../sim/site.js'),
    ]);
  const closers: (() => Promise<unknown>)[] = [];
  const opened = <T extends { close(): Promise<unknown> }>(part: T): T => {
    closers.unshift(() => part.close());
    return part;
  };
  try {
    const notification$ = new ReplaySubject<Notification>(256);
    const app = opened(
      await startApp({ port: ports['app-port'], onNotification: (received) => notification$.next(received) }),
    );
    const opening = await openSimFile(home);
    if (E.isLeft(opening)) throw new Error(opening.left);
    const file = opening.right;
    const { username, secret } = file;
    const broker = opened(await startBrokerOf(home, file, ports['broker-port']));
    const cvmain = opened(
      await startCvmainOf({
        home,
        file,
        port: ports['cvmain-port'],
        brokerUrl: broker.url,
        notifierAddr: app.address,
        allowReserved: true,
      }),
    );
    const settings = { reserved_integrations: trusted, hold_unregistered_ms: holdMs };
    await writeFileAtomic(layout(home).settings, `${JSON.stringify(settings, null, 2)}\n`);
    await app.registerWith(cvmain.address, 'int1');
    await app.registerWith(cvmain.address, 'vg:upgrader');
    const server = opened(await connectServer({ url: broker.url, secret }));
    print(`cvmqtt demo: the daemon and its simulated neighbours on this machine

  broker  ${broker.url}, login with a token
  cvmain  ${cvmain.address}, configuration directory ${home}
  app     ${app.address} (UDP), registered as int1 and vg:upgrader\n`);

    const config = await readConfig(home);
    if (E.isLeft(config)) throw new Error(problemLine(config.left));
    const subscribed$ = new ReplaySubject<void>(1);
    const stop$ = new ReplaySubject<void>(1);
    const report = (event: DaemonEvent): void => {
      if (event.kind === 'settled') return;
      print(`  cvmqtt: ${printable(describe(event).message)}`);
      if (event.kind === 'subscribed') subscribed$.next();
    };
    const tally = newTally();
    const stateDirectory = layout(home).state;
    const session = {
      ackWindow: new AckWindow(),
      record: sessionRecord(join(stateDirectory, 'sessions.json')),
    };
    const settlement$ = daemon({ config: config.right, stateDirectory, session, stop$, report });
    const shown$ = withNotification(settlement$, notification$).pipe(
      tap((shown) => {
        count(tally, shown.settlement);
        for (const each of linesOf(shown)) print(each);
      }),
      share(),
    );
    const ended = lastValueFrom(shown$, { defaultValue: undefined });
    await Promise.race([firstValueFrom(subscribed$), ended]);
    const surprises = await play(script, { username, server, cvmain, app }, shown$, print);
    print(`\n${script.length - surprises} of ${script.length} as expected: ${tallyLine(tally)}`);
    if (!once) {
      const signal = untilSignal();
      inviteFor(home);
      await signal;
    }
    stop$.next();
    await ended;
    return surprises === 0 ? exitCode.good : exitCode.failed;
  } finally {
    for (const close of closers) await close();
  }
};

const inviteFor = (home: string): void => {
  print(`
Send a message of your own from a second terminal, in this directory (int2 is still registered):

  ${self()} sim server ${home} int2-hello '{"from":"me"}'

or receive messages under a name of your own:

  ${self()} sim app ${home} myapp

Ctrl-C ends it.
`);
};

export const command: Command = { usage, main };
