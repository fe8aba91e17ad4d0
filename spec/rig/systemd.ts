import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../../lib/util/codec.js';
import { type AtEnd, temporaryDirectory } from './at-end.js';
import { startChild } from './child.js';
import type { Journal } from './journal.js';

/** What stands for systemd: its notification socket. */
export interface Systemd {
  /** The environment of a service with `Type=notify` and `WatchdogSec=`. */
  readonly env: NodeJS.ProcessEnv;
  /** Each assignment that came, such as `READY=1`. */
  readonly came: Journal<string>;
  /** Resolves when no ping has come for the watchdog's time: systemd would kill the service then. */
  starved(): Promise<void>;
}

const receiver = fileURLToPath(new URL('./notify-socket.py', import.meta.url));

/** Listens on a socket of its own. Needs python3, as Node.js has no datagram sockets of Unix. */
export async function startSystemd(atEnd: AtEnd, watchdogMs: number): Promise<Systemd> {
  const address = join(await temporaryDirectory(atEnd), 'notify');
  const child = startChild(atEnd, 'python3', [receiver, address]);
  const messages = child.stdout.derive((line) =>
    E.getOrElseW(() => undefined)(decodeJsonWith(t.array(t.string))(line)),
  );
  let pingedAt = performance.now();
  const came = messages.derive<string>(() => undefined);
  messages.derive((lines) => {
    if (lines.includes('WATCHDOG=1')) pingedAt = performance.now();
    for (const line of lines) came.put(line);
    return undefined;
  });
  await came.first('the socket', (line) => line === 'LISTENING=1');
  return {
    env: { NOTIFY_SOCKET: address, WATCHDOG_USEC: String(watchdogMs * 1_000) },
    came,
    starved: () =>
      new Promise((resolve) => {
        pingedAt = performance.now();
        const look = (): void => {
          const leftMs = pingedAt + watchdogMs - performance.now();
          if (leftMs <= 0) resolve();
          else setTimeout(look, leftMs);
        };
        look();
      }),
  };
}
