import { type Observable, type SchedulerLike, Subject, shareReplay, takeUntil } from 'rxjs';
import type { Credentials } from '../../lib/config/credentials.js';
import type { Layout } from '../../lib/config/layout.js';
import type { Report } from '../../lib/log/event.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import type { WatchedFile } from '../operators/last-good.js';
import { credentials } from './credentials.js';
import type { FileContent } from './file-content.js';
import { integrations } from './integrations.js';

/** Dependencies of {@link unitFiles}. */
export interface UnitFilesDeps {
  readonly layout: Layout;
  /** What is in a file, see `fileContent`. */
  readonly content: (path: string) => Observable<FileContent>;
  readonly scheduler: SchedulerLike;
  readonly report: Report;
}

/**
 * What cvmain writes while the daemon runs: the last good content and each new one, read from the first subscription
 * on.
 */
export interface UnitFiles {
  readonly credentials$: Observable<Credentials>;
  readonly integrations$: Observable<IntegrationSet>;
  /** Stops watching; both complete. */
  close(): Promise<void>;
}

/**
 * The files that cvmain writes while the daemon runs. They outlast a change of the configuration: one that is broken
 * then is still known by its last good content.
 */
export const unitFiles = ({ layout, content, scheduler, report }: UnitFilesDeps): UnitFiles => {
  const closed = new Subject<void>();
  const watched = (file: string): WatchedFile => ({ content$: content(file), file, scheduler, report });
  const kept = <A>(value$: Observable<A>): Observable<A> => value$.pipe(takeUntil(closed), shareReplay(1));
  return {
    credentials$: kept(credentials(watched(layout.credentials))),
    integrations$: kept(integrations(watched(layout.integrations))),
    close: async () => closed.next(),
  };
};
