import { writeFile } from 'node:fs/promises';
import { layout } from '../../lib/config/layout.js';
import { type Notification, type SimApp, startApp } from '../../sim/app.js';
import { type CvmainOptions, type SimCvmain, startCvmain } from '../../sim/cvmain.js';
import type { NotificationRequest } from '../../sim/cvmain-service.js';
import { type AtEnd, temporaryDirectory } from './at-end.js';
import { type Daemon, startDaemon } from './daemon.js';
import { freePort } from './free-port.js';
import { Journal } from './journal.js';
import { registrationPassword, unitToken, username } from './login.js';

export interface RigOptions extends Partial<CvmainOptions> {
  readonly brokerUrl: string;
  /** The content of `mq/cvmqtt.json`. */
  readonly settings?: object;
  /** Names registered from the start. */
  readonly integrations?: readonly string[];
}

/**
 * The daemon's surroundings without the broker: cvmain's directory, cvmain, and an app that receives its
 * notifications.
 */
export interface Rig {
  readonly home: string;
  readonly cvmain: SimCvmain;
  readonly app: SimApp;
  /** Notifications that the app received by UDP. */
  readonly received: Journal<Notification>;
  /** Requests that cvmain accepted, recorded before it answered. */
  readonly accepted: Journal<NotificationRequest>;
  /** The daemon on this directory, connected and subscribed. */
  connected(...options: readonly string[]): Promise<Daemon>;
}

/** cvmain and the app run in this process, where no unread buffer can lose a UDP packet. */
export async function startRig(atEnd: AtEnd, options: RigOptions): Promise<Rig> {
  const { settings, integrations = [], ...cvmainOptions } = options;
  const home = options.home ?? (await temporaryDirectory(atEnd));
  const received = new Journal<Notification>();
  const accepted = new Journal<NotificationRequest>();
  const app = await startApp({ onNotification: received.put });
  atEnd(app.close);
  const cvmain = await startCvmain({
    home,
    // It may be stopped for some time.
    port: await freePort(),
    username,
    token: () => unitToken,
    notifierAddr: app.address,
    onAccepted: accepted.put,
    ...cvmainOptions,
  });
  atEnd(cvmain.close);
  await writeFile(layout(home).auth, JSON.stringify({ username, password: registrationPassword }));
  for (const name of integrations) await cvmain.register(name);
  if (settings !== undefined) await writeFile(layout(home).settings, JSON.stringify(settings));
  return {
    home,
    cvmain,
    app,
    received,
    accepted,
    connected: async (...options) => {
      const daemon = startDaemon(atEnd, home, options);
      await daemon.logged('subscribed');
      return daemon;
    },
  };
}

/** The value of a notification as an app reads it. */
export const valueIn = ({ vals }: { readonly vals: Notification['vals'] }, key: string): string | undefined =>
  vals.find(({ k }) => k === key)?.v;
