import * as t from 'io-ts';
import { type Notification, type SimApp, startApp } from '../../../sim/app.js';
import { type CvmainOptions, type SimCvmain, startCvmain } from '../../../sim/cvmain.js';
import { callCvmain } from '../../../sim/rpc.js';
import { freePort } from '../../rig/free-port.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { type Inbox, inbox } from './inbox.js';

const Answer = t.type({ success: t.boolean, errMsg: t.string, code: t.number });
export const Wrapped = t.type({ resp: Answer });

export interface Setup {
  readonly home: string;
  readonly cvmain: SimCvmain;
  /** Listens at the system notifier's address. */
  readonly notified: Inbox<Notification>;
  readonly notifier: SimApp;
}

/** A cvmain in its own directory, and a receiver of its notifications. */
export async function setUp(
  atEnd: (end: () => unknown) => void,
  options: Partial<CvmainOptions> = {},
): Promise<Setup> {
  const home = options.home ?? (await temporaryDirectory(atEnd));
  const notified = inbox<Notification>();
  const notifier = await startApp({ onNotification: notified.put });
  atEnd(notifier.close);
  const cvmain = await startCvmain({
    home,
    // A test may have stopped it for a while.
    port: await freePort(),
    username: 'cv12345',
    token: () => 'the token',
    brokerUrl: 'mqtt://127.0.0.1:1883',
    notifierAddr: notifier.address,
    ...options,
  });
  atEnd(cvmain.close);
  return { home, cvmain, notified, notifier };
}

/** Calls `send_notification`. */
export const notify = ({ address }: SimCvmain, request: object) =>
  callCvmain(address, 'send_notification', request, Answer);
