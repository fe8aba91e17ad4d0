import * as E from 'fp-ts/lib/Either.js';
import { EMPTY, mergeMap, type Observable, type OperatorFunction, of, switchMap, timer } from 'rxjs';
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

/** A file missing for less than this is being replaced, ms. */
const replacingMs = 1_000;

/**
 * Values of a file that another program writes. Broken or half-written content emits nothing, so the last good value
 * stays in use; it is reported once until there is good content again, which is reported too. Before the first good
 * value, good content is waited for. A missing file counts as missing after one second
 * (docs/architecture.md#decision-7).
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
