import * as E from 'fp-ts/lib/Either.js';
import { errorCode } from '../util/error-code.js';

/** How systemd wants to be notified: sd_notify(3), sd_watchdog_enabled(3). */
export interface NotifySocket {
  /** As in `NOTIFY_SOCKET`. */
  readonly address: string;
  /** Without a ping for this long systemd restarts the daemon, ms; undefined if it does not. */
  readonly watchdogMs: number | undefined;
}

/** What the environment says; undefined outside of systemd. A watchdog of another process, or an odd one, is none. */
export const notifySocketOf = (environment: NodeJS.ProcessEnv, pid: number): NotifySocket | undefined => {
  const { NOTIFY_SOCKET: address = '', WATCHDOG_USEC: time = '', WATCHDOG_PID: whose } = environment;
  if (!/^[/@]/.test(address)) return undefined;
  const isOurs = whose === undefined || whose === '' || whose === String(pid);
  const watchdogMs = isOurs && /^[1-9]\d{0,15}$/.test(time) ? Number(time) / 1_000 : undefined;
  return { address, watchdogMs };
};

/** Sends assignments such as `READY=1` to systemd. Left: why they can't be sent. */
export type Send = (assignments: readonly string[]) => Promise<E.Either<string, void>>;

/** systemd-notify waits up to 5 s until systemd has read the message. */
const sendMs = 6_000;

/**
 * Sends by the program `systemd-notify`, as Node.js has no datagram sockets of Unix (docs/systemd.md#notify). It is run
 * without a shell, with an environment that has only what it needs, and killed after {@link sendMs}.
 */
export const viaSystemdNotify =
  (address: string, path: string | undefined): Send =>
  async (assignments) => {
    // Loaded under systemd only.
    const { execFile } = await import('node:child_process');
    const env = { NOTIFY_SOCKET: address, ...(path === undefined ? {} : { PATH: path }) };
    return new Promise((resolve) => {
      execFile('systemd-notify', assignments, { env, timeout: sendMs, killSignal: 'SIGKILL' }, (error) => {
        if (error === null) resolve(E.right(undefined));
        else resolve(E.left(`systemd-notify: ${reasonOf(error)}`));
      });
    });
  };

const reasonOf = (error: Error & { readonly code?: unknown; readonly killed?: unknown }): string => {
  if (error.killed === true) return `no end within ${sendMs / 1_000} s`;
  return errorCode(error) ?? `exit code ${String(error.code)}`;
};
