import {
  ignoreElements,
  lastValueFrom,
  merge,
  type Observable,
  of,
  ReplaySubject,
  Subject,
  shareReplay,
  take,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import type { Config } from '../../lib/config/config.js';
import { connectCvmain } from '../../lib/cvmain/client.js';
import type { Report } from '../../lib/log/event.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import type { DeadLettered, Notified } from '../../lib/rules/settlement.js';
import { monotonicScheduler as scheduler } from '../monotonic-scheduler.js';
import { pipeline } from '../pipeline.js';
import type { Rules } from '../rules.js';
import { cvmainServes, notifyVia } from '../sources/cvmain.js';
import { watchedFile } from '../sources/file-content.js';
import { integrations } from '../sources/integrations.js';

/** Dependencies of {@link redelivery}. */
export interface RedeliverDeps {
  readonly config: Config;
  readonly rules: Rules;
  /** Stops the redelivery when it emits; replays to late subscribers. */
  readonly stop$: Observable<unknown>;
  readonly report: Report;
}

/** The pipeline for one message at a time. */
export interface Redelivery {
  /** Resolves to true when cvmain answers, to false when it did not in time. */
  serves(): Promise<boolean>;
  /** Delivers a message. Undefined if it was stopped, or if cvmain did not answer in time, before it was settled. */
  send(publish: Publish): Promise<Notified | DeadLettered | undefined>;
  close(): void;
}

/** Past this without an answer the vendor assumes an error, ms (docs/domain.md#start-up). */
const giveUpMs = 20_000;

/**
 * Delivers messages to cvmain by the pipeline of the daemon, with its retries and the live set. Unlike the daemon it
 * does not wait for an app to register: the command can be run again.
 */
export const redelivery = ({ config, rules, stop$, report }: RedeliverDeps): Redelivery => {
  const {
    cvmain: { address },
    settings,
    layout,
  } = config;
  const random = Math.random;
  const cvmain = connectCvmain({
    library: settings.grpc_client,
    address,
    callDeadlineMs: settings.call_deadline_ms,
  });
  const closed$ = new Subject<void>();
  const gaveUp$ = new ReplaySubject<void>(1);
  const whenServing$ = merge(
    cvmainServes({ cvmain, address, scheduler, random, report }),
    timer(giveUpMs, scheduler).pipe(
      tap(() => gaveUp$.next()),
      ignoreElements(),
    ),
  ).pipe(take(1));
  const integrations$ = integrations(watchedFile(layout.integrations, { scheduler, report })).pipe(
    takeUntil(closed$),
    shareReplay(1),
  );
  const ended$ = merge(stop$, gaveUp$);

  return {
    serves: () =>
      lastValueFrom(whenServing$.pipe(takeUntil(ended$)), { defaultValue: undefined }).then(
        (served) => served !== undefined,
      ),
    send: async (publish) => {
      const settlement = await lastValueFrom(
        of(publish).pipe(
          pipeline({
            ...rules,
            holdUnregisteredMs: 0,
            integrations$,
            notify: notifyVia(cvmain),
            whenServing$,
            stop$: ended$,
            deadLetter: of,
            scheduler,
            random,
          }),
        ),
        { defaultValue: undefined },
      );
      return settlement?.kind === 'spooled' ? undefined : settlement;
    },
    close: () => {
      closed$.next();
      cvmain.close();
    },
  };
};
