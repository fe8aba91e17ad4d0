import { constants, openSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { errorCode } from '../lib/util/error-code.js';

/** How long a terminal that is stopped (Ctrl-S) is left alone before it is tried again, ms. */
const retryMs = 200;

/** How long what is still being written has time, ms: a file on a slow disk, or the last lines of the log. */
const lastMs = 3_000;

/**
 * stderr as a stream that never blocks the process. Node.js writes to pipes and sockets without blocking (libuv), but not to
 * terminals.
 */
export const stderrStream = (): Writable => {
  if (!process.stderr.isTTY) return process.stderr;
  try {
    return terminal(
      openSync('/proc/self/fd/2', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY),
    );
  } catch {
    return process.stderr;
  }
};

const terminal = (fd: number): Writable => {
  const write = (bytes: Buffer, done: (error?: Error) => void): void => {
    try {
      const rest = bytes.subarray(writeSync(fd, bytes));
      if (rest.length > 0) setTimeout(write, retryMs, rest, done);
      else done();
    } catch (error) {
      if (errorCode(error) === 'EAGAIN') setTimeout(write, retryMs, bytes, done);
      else done(error instanceof Error ? error : new Error('unknown error'));
    }
  };
  return new Writable({ write: (bytes: Buffer, _encoding, done) => write(bytes, done) });
};

/** Ends the process once all is written, or after {@link lastMs}: a reader of the log that stalls keeps no process. */
export const exitSoon = (code: number): void => {
  process.exitCode = code;
  setTimeout(() => process.exit(code), lastMs).unref();
};
