import { constants, createReadStream, openSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/**
 * The bytes of a file that a person named on the command line. A pipe, as in `<(command)`, is read without a thread that
 * waits in the system for its writer: the process could not end before. Throws the system's error if there is no such file;
 * the stream fails with any other.
 */
export const openInput = (path: string, highWaterMark = 65_536): Readable =>
  statSync(path).isFIFO()
    ? new Socket({
        fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK),
        readable: true,
        writable: false,
      })
    : createReadStream(path, { highWaterMark });
