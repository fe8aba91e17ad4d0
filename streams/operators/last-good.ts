import * as E from 'fp-ts/lib/Either.js';
import { EMPTY, mergeMap, type Observable, type OperatorFunction, of, switchMap, timer } from 'rxjs';
import type { FileContent, WatchedFile } from '../sources/file-content.js';

/** How a file's content is taken. */
export interface LastGoodDeps<A> extends Omit<WatchedFile, 'content$'> {
  readonly parse: (text: string) => E.Either<string, A>;
  /** What it means that there is no file; Left: it is broken. */
  readonly absent: E.Either<string, A>;
  /** Nobody has to write it: at the start one that is absent is not waited for. `broken` is what happens to one that is broken then. */
  readonly optional?: { readonly broken: 'waits' | 'counts-as-absent' };
}

/** A file that is gone for no longer than this is being replaced, ms. */
const replacingMs = 1_000;

/**
 * The values of a file that another program writes. Content that is broken or half-written emits nothing, so that the
 * last good value stays, and is reported once until there is good content again, which is reported, too; without a good
 * value before, it is waited for. That there is no file counts after a second without one (docs/architecture.md#decision-7).
 */
export const lastGood = <A>({
  file,
  parse,
  absent,
  optional,
  scheduler,
  report,
}: LastGoodDeps<A>): OperatorFunction<FileContent, A> => {
  let isBroken = false;
  let isFirst = true;
  let hasGood = false;
  const good = (value: A): Observable<A> => {
    if (isBroken) report({ kind: 'file-whole', file });
    isBroken = false;
    hasGood = true;
    return of(value);
  };
  const bad = (detail: string): Observable<A> => {
    const countsAsAbsent = !hasGood && optional?.broken === 'counts-as-absent' && E.isRight(absent);
    const until = hasGood ? 'last-good' : countsAsAbsent ? 'absent' : 'waiting';
    if (!isBroken) report({ kind: 'file-broken', file, detail, until });
    isBroken = true;
    return countsAsAbsent ? of(absent.right) : EMPTY;
  };
  const emissionsOf = (content: FileContent, isStart: boolean): Observable<A> => {
    if (E.isRight(content)) return E.match(bad, good)(parse(content.right));
    if (content.left.reason === 'unreadable') return bad(content.left.detail);
    const gone = () => E.match(bad, good)(absent);
    return isStart && optional !== undefined ? gone() : timer(replacingMs, scheduler).pipe(mergeMap(gone));
  };
  return switchMap((content: FileContent) => {
    const value$ = emissionsOf(content, isFirst);
    isFirst = false;
    return value$;
  });
};
