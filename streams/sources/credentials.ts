import * as E from 'fp-ts/lib/Either.js';
import { distinctUntilChanged, filter, type Observable, tap } from 'rxjs';
import { type Credentials, parseCredentials } from '../../lib/config/credentials.js';
import { lastGood } from '../operators/last-good.js';
import type { WatchedFile } from './file-content.js';

/**
 * The unit's login at the broker: each new one that cvmain writes (docs/architecture.md#decision-12). A unit without one
 * waits for its registration, which is reported once; a login that is broken or taken away leaves the last good one in use.
 */
export const credentials = ({ content$, file, scheduler, report }: WatchedFile): Observable<Credentials> => {
  let registered = false;
  return content$.pipe(
    lastGood<Credentials | undefined>({
      file,
      parse: parseCredentials,
      absent: E.right(undefined),
      scheduler,
      report,
    }),
    distinctUntilChanged((one, other) => JSON.stringify(one) === JSON.stringify(other)),
    tap((login) => {
      if (login === undefined && !registered) {
        report({
          kind: 'waiting',
          what: 'registration',
          detail: `${file} has no server_uri, username and password yet`,
        });
      }
      registered ||= login !== undefined;
    }),
    filter((login) => login !== undefined),
  );
};
