import { concatMap, defer, filter, type Observable, shareReplay, take } from 'rxjs';

/**
 * Runs each value until the next one: `run` gets an observable that emits when its value is replaced, and the next
 * run starts when this one has completed. A value that is replaced before its run starts sees that at its start.
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
