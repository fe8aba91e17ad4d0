import * as E from 'fp-ts/lib/Either.js';
import {
  concatMap,
  defer,
  distinctUntilChanged,
  filter,
  map,
  type Observable,
  shareReplay,
  startWith,
  switchMap,
  take,
  tap,
} from 'rxjs';
import type { Config } from '../lib/config/config.js';
import type { ConfigProblem } from '../lib/config/problem.js';
import type { Report } from '../lib/log/event.js';

/** What {@link configurations} stands on. */
export interface ConfigurationsDeps {
  readonly first: Config;
  /** Emits when the configuration is to be read again. */
  readonly changed$: Observable<unknown>;
  readonly read: () => Promise<E.Either<ConfigProblem, Config>>;
  readonly report: Report;
}

/** The configuration, and each other one that is good. One that is not is reported, and the last good one stays. */
export const configurations = ({ first, changed$, read, report }: ConfigurationsDeps): Observable<Config> =>
  changed$.pipe(
    switchMap(read),
    tap((read) => {
      if (E.isLeft(read)) report({ kind: 'configuration-refused', problem: read.left });
    }),
    filter(E.isRight),
    map(({ right }) => right),
    startWith(first),
    distinctUntilChanged((one, other) => JSON.stringify(one) === JSON.stringify(other)),
    tap((config) => {
      if (config !== first) report({ kind: 'configuration-changed' });
    }),
  );

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
