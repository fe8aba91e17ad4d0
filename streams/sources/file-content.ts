import type * as E from 'fp-ts/lib/Either.js';
import { distinctUntilChanged, map, merge, NEVER, Observable } from 'rxjs';
import { type ReadFailure, readText } from '../../lib/storage/read-text.js';
import { watchFile } from '../../lib/storage/watch.js';

/** What was read of a file, or why nothing was. */
export type FileContent = E.Either<ReadFailure, string>;

/**
 * The content of a file, now, after each change of it, and at each value of `again$`; the same content is not emitted
 * twice in a row. A change is read in the moment in which the system reports it, so before any message that came in
 * after it.
 */
export const fileContent = (path: string, again$: Observable<unknown> = NEVER): Observable<FileContent> =>
  merge(new Observable<void>((subscriber) => watchFile(path, () => subscriber.next())), again$).pipe(
    map(() => readText(path)),
    distinctUntilChanged((one, other) => JSON.stringify(one) === JSON.stringify(other)),
  );
