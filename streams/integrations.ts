import { distinctUntilChanged, type Observable, type SchedulerLike, tap } from 'rxjs';
import type { Report } from '../lib/log/event.js';
import { isReachable } from '../lib/message/name.js';
import { type IntegrationSet, parseIntegrations } from '../lib/routing/integrations.js';
import type { FileContent } from './file-content.js';
import { lastGood } from './last-good.js';

/** What the live set stands on. */
export interface IntegrationsDeps {
  /** The content of `mq/integrations.json`, see `fileContent`. */
  readonly content$: Observable<FileContent>;
  readonly file: string;
  readonly scheduler: SchedulerLike;
  readonly report: Report;
}

/**
 * The live set of registered integrations: a new one whenever the file holds another good one. Without a file nobody is
 * registered; a broken file keeps the last good set, and at the start there is none before the file is good. Names with a
 * dash are taken and reported, as they can never receive anything (domain.md, "Names"; design.md, decision 7).
 */
export const integrations = ({
  content$,
  file,
  scheduler,
  report,
}: IntegrationsDeps): Observable<IntegrationSet> =>
  content$.pipe(
    lastGood<IntegrationSet>({ file, parse: parseIntegrations, absent: new Map(), scheduler, report }),
    distinctUntilChanged((one, other) => JSON.stringify([...one]) === JSON.stringify([...other])),
    tap((set) => {
      const names = [...set.keys()];
      report({ kind: 'integrations', names, unreachable: names.filter((name) => !isReachable(name)) });
    }),
  );
