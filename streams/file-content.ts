import type * as E from 'fp-ts/lib/Either.js';
import { distinctUntilChanged, map, Observable, startWith } from 'rxjs';
import { type ReadFailure, readText } from '../lib/files/read-text.js';
import { watchFile } from '../lib/files/watch.js';

/** What was read of a file, or why nothing was. */
export type FileContent = E.Either<ReadFailure, string>;

/**
 * The content of a file, now and after each change of it; the same content is not told twice in a row. A change is read
 * in the moment in which the system tells of it, so before any message that came in after it.
 */
export const fileContent = (path: string): Observable<FileContent> =>
  new Observable<void>((subscriber) => watchFile(path, () => subscriber.next())).pipe(
    startWith(undefined),
    map(() => readText(path)),
    distinctUntilChanged((one, other) => JSON.stringify(one) === JSON.stringify(other)),
  );
