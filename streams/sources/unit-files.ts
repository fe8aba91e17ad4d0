import { type Observable, Subject, shareReplay, takeUntil } from 'rxjs';
import type { Credentials } from '../../lib/config/credentials.js';
import type { Layout } from '../../lib/config/layout.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import { credentials } from './credentials.js';
import { type WatchDeps, watchedFile } from './file-content.js';
import { integrations } from './integrations.js';

/** Dependencies of {@link unitFiles}. */
export interface UnitFilesDeps extends WatchDeps {
  readonly layout: Layout;
}

/**
 * Files that cvmain writes while the daemon runs: the last good content and each new one, read from the first
 * subscription on.
 */
export interface UnitFiles {
  readonly credentials$: Observable<Credentials>;
  readonly integrations$: Observable<IntegrationSet>;
  /** Stops watching; both complete. */
  close(): Promise<void>;
}

/**
 * Follows the files that cvmain writes. They outlast a change of the configuration, so the last good content of a
 * broken one stays known.
 */
export const unitFiles = ({ layout, ...deps }: UnitFilesDeps): UnitFiles => {
  const closed = new Subject<void>();
  const kept = <A>(value$: Observable<A>): Observable<A> => value$.pipe(takeUntil(closed), shareReplay(1));
  return {
    credentials$: kept(credentials(watchedFile(layout.credentials, deps))),
    integrations$: kept(integrations(watchedFile(layout.integrations, deps))),
    close: async () => closed.next(),
  };
};
