import * as E from 'fp-ts/lib/Either.js';
import {
  concat,
  EMPTY,
  ignoreElements,
  mergeMap,
  type Observable,
  type OperatorFunction,
  of,
  switchMap,
  tap,
  timer,
} from 'rxjs';
import type { FileContent, WatchedFile } from '../sources/file-content.js';

/** How the content of a file is interpreted. */
export interface LastGoodDeps<A> extends Omit<WatchedFile, 'content$'> {
  readonly parse: (text: string) => E.Either<string, A>;
  /** The value of a missing file; Left: missing counts as broken. */
  readonly absent: E.Either<string, A>;
  /**
   * Present for files that may be missing: a missing one is then not waited for at the start. `broken` says what to
   * do with one that is broken at the start.
   */
  readonly optional?: { readonly broken: 'waits' | 'counts-as-absent' };
}

/** Content that is gone or changes again within this time is being written or replaced, ms. */
const writingMs = 1_000;

/**
 * Values of a file that another program writes. Broken or half-written content emits nothing, so the last good value
 * stays in use. It is reported once, and again if it is broken in another way for a second: the first reason may only
 * have been that the file was still being written. Good content is then reported, too. Before the first good value, good
 * content is waited for. A missing file counts as missing after one second (docs/architecture.md#decision-7).
 */
export const lastGood = <A>({
  file,
  parse,
  absent,
  optional,
  scheduler,
  report,
}: LastGoodDeps<A>): OperatorFunction<FileContent, A> => {
  let reported: string | undefined;
  let isFirst = true;
  let hasGood = false;
  const good = (value: A): Observable<A> => {
    if (reported !== undefined) report({ kind: 'file-whole', file });
    reported = undefined;
    hasGood = true;
    return of(value);
  };
  const bad = (detail: string): Observable<A> => {
    const countsAsAbsent = !hasGood && optional?.broken === 'counts-as-absent' && E.isRight(absent);
    const until = hasGood ? 'last-good' : countsAsAbsent ? 'absent' : 'waiting';
    const reportIt = (): void => {
      if (detail !== reported) report({ kind: 'file-broken', file, detail, until });
      reported = detail;
    };
    const value$ = countsAsAbsent ? of(absent.right) : EMPTY;
    if (reported !== undefined)
      return concat(value$, timer(writingMs, scheduler).pipe(tap(reportIt), ignoreElements()));
    reportIt();
    return value$;
  };
  const emissionsOf = (content: FileContent, isStart: boolean): Observable<A> => {
    if (E.isRight(content)) return E.match(bad, good)(parse(content.right));
    if (content.left.reason === 'unreadable') return bad(content.left.detail);
    const gone = () => E.match(bad, good)(absent);
    return isStart && optional !== undefined ? gone() : timer(writingMs, scheduler).pipe(mergeMap(gone));
  };
  return switchMap((content: FileContent) => {
    const value$ = emissionsOf(content, isFirst);
    isFirst = false;
    return value$;
  });
};
