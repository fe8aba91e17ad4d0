import type * as E from 'fp-ts/lib/Either.js';
import { distinctUntilChanged, map, merge, NEVER, Observable, type SchedulerLike } from 'rxjs';
import type { Report } from '../../lib/log/event.js';
import { type ReadFailure, readText } from '../../lib/storage/read-text.js';
import { watchFile } from '../../lib/storage/watch.js';

/** The text of a file, or why it can't be read. */
export type FileContent = E.Either<ReadFailure, string>;

/**
 * The content of a file: now, after each change, and at each value of `again$`; never the same content twice in a
 * row. A change is read as soon as the system reports it, so before any message that arrives after it.
 */
export const fileContent = (path: string, again$: Observable<unknown> = NEVER): Observable<FileContent> =>
  merge(new Observable<void>((subscriber) => watchFile(path, () => subscriber.next())), again$).pipe(
    map(() => readText(path)),
    distinctUntilChanged((one, other) => JSON.stringify(one) === JSON.stringify(other)),
  );

/** A file that another program writes, and what following it takes. */
export interface WatchedFile {
  readonly content$: Observable<FileContent>;
  readonly file: string;
  readonly scheduler: SchedulerLike;
  readonly report: Report;
}

/** Dependencies of {@link watchedFile}. */
export interface WatchDeps extends Pick<WatchedFile, 'scheduler' | 'report'> {
  /** The content of a file; {@link fileContent} by default. */
  readonly content?: (path: string) => Observable<FileContent>;
}

/** Follows the content of `file`. */
export const watchedFile = (
  file: string,
  { content = fileContent, scheduler, report }: WatchDeps,
): WatchedFile => ({ content$: content(file), file, scheduler, report });
