import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { errorCode } from '../util/error-code.js';

/** Why a file could not be read: it is missing, or it is unusable. */
export type ReadFailure =
  | { readonly reason: 'absent' }
  | { readonly reason: 'unreadable'; readonly detail: string };

/** Maximum size of a file of settings, credentials or registrations, bytes. */
export const maxTextBytes = 1_048_576;

/**
 * Reads the text of a file that another program writes. Left if it is missing, not a regular file (a pipe would block
 * for ever), not permitted, larger than {@link maxTextBytes}, or not UTF-8. Never throws. Synchronous, so that a
 * changed registration applies to the next message: these files are small and cached. `moreFlags` are added for
 * open(2).
 */
export function readText(path: string, moreFlags = 0): E.Either<ReadFailure, string> {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | moreFlags);
    const found = fstatSync(file);
    if (!found.isFile()) return unreadable('is not a file');
    const { size } = found;
    if (size > maxTextBytes) return unreadable(`is larger than ${maxTextBytes} bytes`);
    const buffer = Buffer.alloc(size);
    const bytesRead = readSync(file, buffer, 0, size, 0);
    const decoder = new TextDecoder('utf-8', { fatal: true });
    // A torn file may end within a character; its parser reports it.
    return E.right(decoder.decode(buffer.subarray(0, bytesRead), { stream: true }));
  } catch (error) {
    return E.left(failureOf(error));
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

const unreadable = (detail: string): E.Either<ReadFailure, never> => E.left({ reason: 'unreadable', detail });

const failureOf = (error: unknown): ReadFailure => {
  switch (errorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { reason: 'absent' };
    case 'EACCES':
    case 'EPERM':
      return { reason: 'unreadable', detail: 'is not readable for this user' };
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return { reason: 'unreadable', detail: 'is not UTF-8' };
    default:
      return { reason: 'unreadable', detail: `can't be read (${errorCode(error) ?? 'unknown error'})` };
  }
};
