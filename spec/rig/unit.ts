import { writeFile } from 'node:fs/promises';
import { layout } from '../../lib/config/layout.js';
import { type Notification, type SimApp, startApp } from '../../sim/app.js';
import { type AtEnd, temporaryDirectory } from './at-end.js';
import { type CallTap, tapCalls } from './call-tap.js';
import { type CvmainProcess, startCvmainProcess } from './cvmain-process.js';
import { type Daemon, startDaemon } from './daemon.js';
import { freePort } from './free-port.js';
import { Journal } from './journal.js';
import { registrationPassword, username } from './login.js';

export interface UnitOptions {
  readonly brokerUrl: string;
  readonly integrations: readonly string[];
  /** The content of `mq/cvmqtt.json`. */
  readonly settings?: object;
  /** Maximum duration of a call to cvmain, ms; default 0. */
  readonly callMs?: number;
  /** Additional environment variables of the daemon. */
  readonly env?: NodeJS.ProcessEnv;
}

/** The daemon's surroundings without the broker, with cvmain as a process that can be killed and frozen. */
export interface Unit {
  readonly home: string;
  /** `host:port`, as config.json has it: the daemon and the apps go through {@link calls}. */
  readonly cvmainAddr: string;
  readonly cvmain: CvmainProcess;
  readonly calls: CallTap;
  readonly app: SimApp;
  /** Notifications that the app received by UDP. */
  readonly received: Journal<Notification>;
  /** The daemon on this directory, subscribed. */
  connected(...options: readonly string[]): Promise<Daemon>;
}

/** Starts a unit. */
export async function startUnit(atEnd: AtEnd, options: UnitOptions): Promise<Unit> {
  const { brokerUrl, integrations, settings, callMs = 0, env = {} } = options;
  const home = await temporaryDirectory(atEnd);
  const received = new Journal<Notification>();
  const app = await startApp({ onNotification: received.put });
  atEnd(app.close);
  const port = await freePort();
  const calls = await tapCalls(atEnd, port);
  const cvmain = await startCvmainProcess(atEnd, {
    home,
    port,
    brokerUrl,
    notifierAddr: app.address,
    announcedAddr: calls.address,
    integrations,
    callMs,
  });
  await writeFile(layout(home).auth, JSON.stringify({ username, password: registrationPassword }));
  if (settings !== undefined) await writeFile(layout(home).settings, JSON.stringify(settings));
  return {
    home,
    cvmainAddr: calls.address,
    cvmain,
    calls,
    app,
    received,
    connected: async (...more) => {
      const daemon = startDaemon(atEnd, home, more, env);
      await daemon.logged('subscribed');
      return daemon;
    },
  };
}
