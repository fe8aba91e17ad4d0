import { constants, openSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { errorCode } from '../lib/util/error-code.js';

/** Pause before writing again to a stopped terminal (Ctrl-S), ms. */
const retryMs = 200;

/** How long pending writes may take at exit, ms: a file on a slow disk, or the last lines of the log. */
const lastMs = 3_000;

/**
 * stderr as a stream that never blocks the process. Node.js blocks on terminals only: libuv writes to pipes and sockets
 * without blocking.
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

/** Exits once all output is written, at the latest after {@link lastMs}, in case the reader of the log stalls. */
export const exitSoon = (code: number): void => {
  process.exitCode = code;
  setTimeout(() => process.exit(code), lastMs).unref();
};
