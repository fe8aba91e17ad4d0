import * as E from 'fp-ts/lib/Either.js';
import {
  EMPTY,
  mergeMap,
  type Observable,
  type OperatorFunction,
  of,
  type SchedulerLike,
  switchMap,
  timer,
} from 'rxjs';
import type { Report } from '../lib/log/event.js';
import type { FileContent } from './file-content.js';

/** A file that another program writes, and who is told where it is broken. */
export interface WatchedFile {
  /** What is in it, see `fileContent`. */
  readonly content$: Observable<FileContent>;
  readonly file: string;
  readonly scheduler: SchedulerLike;
  readonly report: Report;
}

/** How a file's content is taken. */
export interface LastGoodDeps<A> extends Omit<WatchedFile, 'content$'> {
  readonly parse: (text: string) => E.Either<string, A>;
  /** What it means that there is no file. */
  readonly absent: A;
}

/** A file that is gone for no longer than this is being replaced, ms. */
const replacingMs = 1_000;

/**
 * The values of a file that another program writes. Content that is broken or half-written emits nothing, so that the last
 * good value stays, and is reported once until there is good content again. That there is no file counts after a second
 * without one (design.md, decision 7).
 */
export const lastGood = <A>({
  file,
  parse,
  absent,
  scheduler,
  report,
}: LastGoodDeps<A>): OperatorFunction<FileContent, A> => {
  let broken = false;
  const good = (value: A): Observable<A> => {
    broken = false;
    return of(value);
  };
  const bad = (detail: string): Observable<never> => {
    if (!broken) report({ kind: 'file-broken', file, detail });
    broken = true;
    return EMPTY;
  };
  return switchMap((content: FileContent) => {
    if (E.isRight(content)) return E.match(bad, good)(parse(content.right));
    if (content.left.reason === 'unreadable') return bad(content.left.detail);
    return timer(replacingMs, scheduler).pipe(mergeMap(() => good(absent)));
  });
};
