import * as E from 'fp-ts/lib/Either.js';
import { combineLatest, debounce, distinctUntilChanged, map, type Observable, tap, timer } from 'rxjs';
import { parseCertificates } from '../../lib/config/certificates.js';
import type { Config } from '../../lib/config/config.js';
import { parseCvmainConfig } from '../../lib/config/cvmain-config.js';
import { isTorn } from '../../lib/config/json-with-comments.js';
import { defaultSettings, parseSettings } from '../../lib/config/settings.js';
import { type LastGoodDeps, lastGood } from '../operators/last-good.js';
import { watchedFile } from './file-content.js';
import type { UnitFilesDeps } from './unit-files.js';

/** Files replaced within this time are one change, ms. */
const togetherMs = 100;

/**
 * The configuration, and each new one. A broken file is reported once, and its last good content stays in use.
 * Without good content yet, config.json and ca.pem are waited for, since no default address or authority would be
 * right; the settings of cvmqtt count as absent. `settingsProblem` says what ends the start.
 */
export const configurations = ({ layout, ...deps }: UnitFilesDeps): Observable<Config> => {
  const { scheduler, report } = deps;
  const values = <A>(file: string, rules: Pick<LastGoodDeps<A>, 'parse' | 'absent' | 'optional'>) => {
    const { content$, ...watched } = watchedFile(file, deps);
    return content$.pipe(lastGood<A>({ ...watched, ...rules }));
  };
  const cvmain$ = values(layout.cvmain, { parse: parseCvmainConfig, absent: E.left('does not exist') });
  const settings$ = values(layout.settings, {
    parse: (text) => (isTorn(text) ? E.left(torn) : parseSettings(text)),
    absent: E.right(defaultSettings),
    optional: { broken: 'counts-as-absent' },
  });
  const ca$ = values<string | undefined>(layout.ca, {
    parse: parseCertificates,
    absent: E.right(undefined),
    optional: { broken: 'waits' },
  });
  let isFirst = true;
  return combineLatest([cvmain$, settings$, ca$]).pipe(
    debounce(() => timer(isFirst ? 0 : togetherMs, scheduler)),
    map(([cvmain, settings, ca]) => ({
      layout,
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
