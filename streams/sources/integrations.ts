import * as E from 'fp-ts/lib/Either.js';
import { distinctUntilChanged, type Observable, tap } from 'rxjs';
import { isReachable } from '../../lib/rules/message/name.js';
import { type IntegrationSet, parseIntegrations } from '../../lib/rules/routing/integrations.js';
import { lastGood } from '../operators/last-good.js';
import type { WatchedFile } from './file-content.js';

/**
 * The live set of registered integrations: a new one whenever the file has other good content. Without a file no
 * integration is registered; a broken file keeps the last good set. At the start there is no set before the file is
 * good. Names with a dash are kept and reported, as they can never receive anything (docs/domain.md#names;
 * docs/architecture.md#decision-7).
 */
export const integrations = ({
  content$,
  file,
  scheduler,
  report,
}: WatchedFile): Observable<IntegrationSet> =>
  content$.pipe(
    lastGood<IntegrationSet>({
      file,
      parse: parseIntegrations,
      absent: E.right(new Map()),
      scheduler,
      report,
    }),
    distinctUntilChanged((one, other) => JSON.stringify([...one]) === JSON.stringify([...other])),
    tap((set) => {
      const names = [...set.keys()];
      report({ kind: 'integrations', names, unreachable: names.filter((name) => !isReachable(name)) });
    }),
  );
