import { concatMap, defer, filter, type Observable, shareReplay, take } from 'rxjs';

/**
 * Runs each value until there is another one: `run` is given what tells it to end, and the next one starts when it has. One
 * that is replaced before its turn is told so when it starts.
 */
export const runEach = <A, B>(
  value$: Observable<A>,
  run: (value: A, stop$: Observable<unknown>) => Observable<B>,
): Observable<B> =>
  defer(() => {
    const latest$ = value$.pipe(shareReplay({ bufferSize: 1, refCount: true }));
    return latest$.pipe(
      concatMap((value) => {
        const replaced$ = latest$.pipe(filter((latest) => latest !== value));
        return run(value, replaced$.pipe(take(1)));
      }),
    );
  });
