import { closeSync, openSync, readSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { errorCode } from '../util/error-code.js';
import { maxTextBytes, type ReadFailure } from './read-text.js';

/**
 * Reads the text of a file that a person named on the command line: a pipe, as in `<(command)`, is read to its end. Left if it
 * is missing, a directory, not permitted, larger than {@link maxTextBytes}, or not UTF-8. Never throws.
 */
export function readGiven(path: string): E.Either<ReadFailure, string> {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const buffer = Buffer.alloc(maxTextBytes + 1);
    let size = 0;
    for (;;) {
      const bytesRead = readSync(file, buffer, size, buffer.length - size, null);
      size += bytesRead;
      if (size > maxTextBytes) return unreadable(`is larger than ${maxTextBytes} bytes`);
      if (bytesRead === 0) break;
    }
    return E.right(new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, size)));
  } catch (error) {
    const code = errorCode(error) ?? 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR') return E.left({ reason: 'absent' });
    return unreadable(details[code] ?? `can't be read (${code})`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

const details: Readonly<Record<string, string>> = {
  EACCES: 'is not readable for this user',
  EPERM: 'is not readable for this user',
  EISDIR: 'is not a file',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'is not UTF-8',
};

const unreadable = (detail: string): E.Either<ReadFailure, never> => E.left({ reason: 'unreadable', detail });
