import * as E from 'fp-ts/lib/Either.js';
import {
  combineLatest,
  debounce,
  distinctUntilChanged,
  map,
  type Observable,
  type SchedulerLike,
  tap,
  timer,
} from 'rxjs';
import { parseCertificates } from '../lib/config/certificates.js';
import type { Config } from '../lib/config/config.js';
import { parseCvmainConfig } from '../lib/config/cvmain-config.js';
import { isTorn } from '../lib/config/json-with-comments.js';
import type { Layout } from '../lib/config/layout.js';
import { defaultSettings, parseSettings } from '../lib/config/settings.js';
import type { Report } from '../lib/log/event.js';
import type { FileContent } from './file-content.js';
import { lastGood } from './last-good.js';

/** Dependencies of {@link configurations}. */
export interface ConfigurationsDeps {
  readonly files: Layout;
  /** What is in a file, see `fileContent`. */
  readonly content: (path: string) => Observable<FileContent>;
  readonly scheduler: SchedulerLike;
  readonly report: Report;
}

/** Files that are replaced together are one change, ms. */
const togetherMs = 100;

/**
 * The configuration, and each other one. Each file is judged by itself: one that is not whole is reported once, and its last good
 * content stays; without one before, config.json and ca.pem are waited for, as no other address and no other authority is
 * meant. cvmqtt's own settings count as absent then: see `settingsProblem` for what ends the start.
 */
export const configurations = ({
  files,
  content,
  scheduler,
  report,
}: ConfigurationsDeps): Observable<Config> => {
  const deps = { scheduler, report };
  const cvmain$ = content(files.cvmain).pipe(
    lastGood({ ...deps, file: files.cvmain, parse: parseCvmainConfig, absent: E.left('does not exist') }),
  );
  const settings$ = content(files.settings).pipe(
    lastGood({
      ...deps,
      file: files.settings,
      parse: (text) => (isTorn(text) ? E.left(torn) : parseSettings(text)),
      absent: E.right(defaultSettings),
      optional: { broken: 'counts-as-absent' },
    }),
  );
  const ca$ = content(files.ca).pipe(
    lastGood<string | undefined>({
      ...deps,
      file: files.ca,
      parse: parseCertificates,
      absent: E.right(undefined),
      optional: { broken: 'waits' },
    }),
  );
  let isFirst = true;
  return combineLatest([cvmain$, settings$, ca$]).pipe(
    debounce(() => timer(isFirst ? 0 : togetherMs, scheduler)),
    map(([cvmain, settings, ca]) => ({
      layout: files,
      cvmain,
      settings,
      ...(ca === undefined ? {} : { ca }),
    })),
    distinctUntilChanged((one, other) => JSON.stringify(one) === JSON.stringify(other)),
    tap(() => {
      if (!isFirst) report({ kind: 'configuration-changed' });
      isFirst = false;
    }),
  );
};

const torn = 'is empty, has NULs or ends too early, as after a power cut';
