import {
  concat,
  defer,
  delay,
  first,
  ignoreElements,
  merge,
  mergeMap,
  type Observable,
  Subject,
  takeUntil,
  tap,
} from 'rxjs';
import type { Config } from '../../lib/config/config.js';
import { Presence } from '../../lib/cvmain/presence.js';
import type { DaemonEvent, Report } from '../../lib/log/event.js';
import type { Lane } from '../../lib/rules/delivery/lane.js';
import type { Settlement } from '../../lib/rules/settlement.js';
import { noGauges } from '../../lib/status/take.js';
import { flushRate, mayWaitOf } from '../operators/batch-letters.js';
import { pipeline } from '../pipeline.js';
import { rulesOf, spoolRulesOf } from '../rules.js';
import { askToken, cvmainServes, type Heard, notifyVia, watchCvmain } from '../sources/cvmain.js';
import { latestFilters } from '../sources/latest-filters.js';
import { login } from '../sources/login.js';
import { type UnitFiles, unitFiles } from '../sources/unit-files.js';
import type { SpoolPort } from '../spool/spool-port.js';
import { deadLetterSink } from './dead-letter-sink.js';
import type { StatusSource } from './health.js';
import type { Observer } from './observer.js';
import { type Outside, outside as real } from './outside.js';
import { unitPublishing } from './unit-publishing.js';
import { type KnownSession, unitSession } from './unit-session.js';
import { unitSpool } from './unit-spool.js';

/** Dependencies of {@link daemon}. */
export interface DaemonDeps {
  readonly config: Config;
  readonly stateDirectory: string;
  /** The files that cvmain writes, if they are followed beyond this run. */
  readonly files?: UnitFiles;
  /** What is known of the session at the broker from the run before, which had another configuration. */
  readonly session: KnownSession;
  /** Stops the daemon when it emits; replays to late subscribers. */
  readonly stop$: Observable<unknown>;
  readonly report: Report;
  /** Counts what happens, for the status. */
  readonly observer?: Observer;
  /** Where the health comes from that is published, if it is switched on. */
  readonly status?: StatusSource;
  /** The adapters; the real ones by default. */
  readonly outside?: Outside;
}

/**
 * The daemon: the pipeline between the broker and cvmain. It waits for cvmain and for the unit's registration, connects,
 * and emits each settlement as it is acknowledged. After `stop$` it finishes the calls in flight within the grace time,
 * disconnects and completes; all else stays with the broker.
 */
export const daemon = ({
  config,
  stateDirectory,
  files,
  session: known,
  stop$,
  report,
  observer,
  status,
  outside = real,
}: DaemonDeps): Observable<Settlement> =>
  defer(() => {
    const { settings, layout } = config;
    const { address } = config.cvmain;
    const { fileContent, scheduler, clock, random } = outside;
    const ownFiles = files ?? unitFiles({ layout, content: fileContent, scheduler, report });
    const cvmain = outside.connectCvmain({
      library: settings.grpc_client,
      address,
      callDeadlineMs: settings.call_deadline_ms,
    });
    const presence = new Presence(address, report);
    const whenServing$ = cvmainServes({ cvmain, address, scheduler, random, report, presence });
    const deadLetters = deadLetterSink({
      stateDirectory,
      maxBytes: settings.dead_letter_max_bytes,
      report,
      outside,
    });

    let protocolVersion: 4 | 5 = 4;
    let tokenExpiresAt: number | undefined;
    let lanes: () => readonly Lane[] = () => [];
    const events$ = new Subject<DaemonEvent>();
    const { login$, filters } = latestFilters(
      login({
        credentials$: ownFiles.credentials$,
        events$,
        ask: () => askToken(cvmain),
        retry: { baseMs: 1_000, capMs: 60_000 },
        stableMs: 60_000,
        now: clock.wallMs,
        scheduler,
        random,
        report,
      }),
    );
    const publishing = unitPublishing({ settings, status, observer, report, outside });
    const session = unitSession({
      ...known,
      ...publishing.forSession,
      config,
      login$: login$.pipe(
        tap(({ expiresAt }) => {
          tokenExpiresAt = expiresAt;
        }),
      ),
      outside,
      report: (event) => {
        report(event);
        if (event.kind === 'connected') protocolVersion = event.protocolVersion;
        events$.next(event);
      },
    });
    const { health$, receipt } = publishing.in(session);
    const rules = rulesOf({ settings, cvmain: config.cvmain, filters });
    const spool = unitSpool({ settings, decodeRules: rules.decodeRules, stateDirectory, report, outside });

    observer?.watch(() => ({
      window: {
        messages: known.ackWindow.size,
        bytes: known.ackWindow.bytes,
        max_messages: settings.window_messages,
        max_bytes: settings.window_bytes,
      },
      lanes: lanes(),
      spool: spool.unsettled ?? noGauges.spool,
      tokenExpiresAt,
      oldest: known.ackWindow.oldest,
      session: session.view(),
      slowestMs: Math.max(settings.call_deadline_ms, settings.retry_max_ms),
    }));
    const called: Heard = (outcome, begunAt, message, target) => {
      const now = scheduler.now();
      presence.called(outcome, now, begunAt);
      observer?.called(now - begunAt, outcome, message, target);
    };
    const settlements = (spool: SpoolPort | undefined): Observable<Settlement> =>
      session.publishes$.pipe(
        tap((publish) => observer?.arrived(publish)),
        pipeline({
          ...rules,
          ...(spool === undefined ? {} : { spool: { spool, rules: spoolRulesOf(settings) } }),
          integrations$: ownFiles.integrations$,
          notify: notifyVia(cvmain, called, () => scheduler.now()),
          inspect: (view) => {
            lanes = view;
          },
          holds: report,
          whenServing$,
          stop$,
          deadLetter: deadLetters.store,
          batch: { rate: flushRate, mayWait: () => mayWaitOf(settings.window_messages, protocolVersion) },
          scheduler,
          random,
        }),
        tap((settlement) => {
          session.settled(settlement.publish);
          report({ kind: 'settled', settlement });
          receipt?.(settlement);
        }),
      );
    /** With a spool size of 0 a spool that an earlier run left is still drained. */
    const openSpool = async (): Promise<SpoolPort | undefined> => {
      await spool.open();
      return settings.spool_max_bytes === 0 && spool.isEmpty ? undefined : spool;
    };
    const stopped$ = stop$.pipe(
      first(),
      tap(() => session.stopTaking()),
      ignoreElements(),
    );
    const watched$ = watchCvmain(whenServing$, scheduler).pipe(ignoreElements(), takeUntil(stop$));
    const forwarding$ = whenServing$.pipe(
      mergeMap(() => login$.pipe(first())),
      takeUntil(stop$),
      mergeMap(() => defer(openSpool)),
      mergeMap((opened) => merge(settlements(opened), stopped$, health$.pipe(takeUntil(stop$)))),
      takeUntil(stop$.pipe(first(), delay(settings.shutdown_grace_ms, scheduler))),
    );
    const close = async (): Promise<void> => {
      await session.close();
      if (files === undefined) await ownFiles.close();
      await spool.close();
      cvmain.close();
      await deadLetters.close();
    };
    return concat(merge(forwarding$, watched$), defer(close).pipe(ignoreElements()));
  });
