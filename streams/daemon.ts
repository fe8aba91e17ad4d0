import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
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
import { pingTimes } from '../lib/broker/pings.js';
import { receiptOf } from '../lib/clock/receipt.js';
import type { Config } from '../lib/config/config.js';
import { clientIdOf } from '../lib/config/credentials.js';
import { Presence } from '../lib/cvmain/presence.js';
import { deadLetterLine } from '../lib/files/dead-letter.js';
import type { DaemonEvent, Report } from '../lib/log/event.js';
import { type TopicFilter, topicFilter } from '../lib/message/topic-filter.js';
import type { DeadLettered, Settlement } from '../lib/settlement.js';
import { flushRate, mayWaitOf } from './batch-letters.js';
import { type BrokerSessionDeps, brokerSession } from './broker-session.js';
import { askToken, cvmainServes, notifyVia, watchCvmain } from './cvmain.js';
import { LateSpool } from './late-spool.js';
import { login } from './login.js';
import { type Outside, outside as real } from './outside.js';
import { pipeline } from './pipeline.js';
import { rulesOf, spoolRulesOf } from './rules.js';
import { type SpoolPort, spoolPort } from './spool-port.js';
import { type UnitFiles, unitFiles } from './unit-files.js';

/** What the daemon is started with. */
export interface DaemonDeps {
  readonly config: Config;
  readonly stateDirectory: string;
  /** The files that cvmain writes, where they outlast this run. */
  readonly files?: UnitFiles;
  /** What is known of the session at the broker, from the run before with another configuration. */
  readonly session: Pick<BrokerSessionDeps, 'ackWindow' | 'record'>;
  /** Emits once when it shall end; also to who subscribes later. */
  readonly stop$: Observable<unknown>;
  readonly report: Report;
  /** The world outside; the real one where nothing is given. */
  readonly outside?: Outside;
}

/** Calls take milliseconds; what takes longer than this is recognised when it comes again, ms. */
const handOverMs = 2_000;

const versions = { auto: 'auto', '5': 5, '3.1.1': 4 } as const;

/**
 * The daemon: the pipeline between the broker and cvmain. It waits for cvmain and for the unit's registration, connects,
 * and emits each settlement as it is acknowledged. After `stop$` the calls in flight are finished, within the grace time,
 * it disconnects and completes; all else stays with the broker.
 */
export const daemon = ({
  config,
  stateDirectory,
  files,
  session: known,
  stop$,
  report,
  outside = real,
}: DaemonDeps): Observable<Settlement> =>
  defer(() => {
    const { settings, layout, cvmain: hub } = config;
    const { fileContent, scheduler, clock, random } = outside;
    const ownFiles = files ?? unitFiles({ layout, content: fileContent, scheduler, report });
    const cvmain = outside.connectCvmain({
      library: settings.grpc_client,
      address: hub.address,
      callDeadlineMs: settings.call_deadline_ms,
    });
    const presence = new Presence(hub.address, report);
    const whenServing$ = cvmainServes({ cvmain, address: hub.address, scheduler, random, report, presence });
    const deadLetters = outside.appendFile({
      path: join(stateDirectory, 'dead-letters.ndjson'),
      maxBytes: settings.dead_letter_max_bytes,
    });
    void deadLetters.repair().then((repaired) => {
      if (E.isLeft(repaired)) report({ kind: 'state-unusable', detail: repaired.left });
    });

    let filters: readonly TopicFilter[] = [];
    let protocolVersion: 4 | 5 = 4;
    const events$ = new Subject<DaemonEvent>();
    const login$ = login({
      credentials$: ownFiles.credentials$,
      events$,
      ask: () => askToken(cvmain),
      retry: { baseMs: 1_000, capMs: 60_000 },
      stableMs: 60_000,
      now: clock.wallMs,
      scheduler,
      random,
      report,
    }).pipe(
      tap((current) => {
        filters = current.filters.map(topicFilter);
      }),
    );

    const session = brokerSession({
      credentials$: login$,
      open: (current, version, events) =>
        outside.openConnection(
          {
            ...current,
            clientId: clientIdOf(current.username),
            protocolVersion: version,
            keepaliveS: settings.keepalive_s,
            sessionExpiryS: settings.session_expiry_s,
            receiveMaximum: settings.window_messages,
            ...(config.ca === undefined ? {} : { ca: config.ca }),
          },
          events,
        ),
      protocolVersion: versions[settings.mqtt_version],
      windowMessages: settings.window_messages,
      windowBytes: settings.window_bytes,
      fullMs: pingTimes(settings.keepalive_s * 1000).overdueMs,
      handOverMs,
      sessionExpiryS: settings.session_expiry_s,
      ...known,
      reconnect: { baseMs: 1_000, capMs: 60_000 },
      stableMs: 60_000,
      scheduler,
      random,
      report: (event) => {
        report(event);
        if (event.kind === 'connected') protocolVersion = event.protocolVersion;
        events$.next(event);
      },
    });

    const lineOf = (letter: DeadLettered): string =>
      deadLetterLine(
        letter,
        receiptOf(clock, letter.publish.arrivedAt ?? clock.uptimeMs()),
        settings.dead_letter_max_bytes,
      );
    const store = (letter: DeadLettered): Observable<unknown> =>
      defer(() => deadLetters.append(lineOf(letter))).pipe(
        tap((stored) => {
          if (E.isLeft(stored)) report({ kind: 'dead-letter-lost', letter, detail: stored.left });
        }),
      );

    const rules = rulesOf({ settings, cvmain: hub, filters: () => filters });
    const forwarded = (spool: SpoolPort | undefined): Observable<Settlement> =>
      session.publishes$.pipe(
        pipeline({
          ...rules,
          ...(spool === undefined ? {} : { spool: { spool, rules: spoolRulesOf(settings) } }),
          integrations$: ownFiles.integrations$,
          notify: notifyVia(cvmain, (outcome) => presence.called(outcome, scheduler.now())),
          whenServing$,
          stop$,
          deadLetter: store,
          batch: { rate: flushRate, mayWait: () => mayWaitOf(settings.window_messages, protocolVersion) },
          scheduler,
          random,
        }),
        tap((settlement) => {
          session.settled(settlement.publish);
          report({ kind: 'settled', settlement });
        }),
      );
    const stopped$ = stop$.pipe(
      first(),
      tap(() => session.stopTaking()),
      ignoreElements(),
    );

    const broken = (detail: string): void => report({ kind: 'spool-broken', detail });
    const watched$ = watchCvmain(whenServing$, scheduler).pipe(ignoreElements(), takeUntil(stop$));
    const forwarding$ = whenServing$.pipe(
      mergeMap(() => login$.pipe(first())),
      takeUntil(stop$),
      mergeMap(() => defer(openSpool)),
      mergeMap((spool) => merge(forwarded(spool), stopped$)),
      takeUntil(stop$.pipe(first(), delay(settings.shutdown_grace_ms, scheduler))),
    );
    const spool = new LateSpool({
      open: () =>
        outside.openSpool({
          path: join(stateDirectory, 'spool.ndjson'),
          maxBytes: settings.spool_max_bytes,
          broken,
        }),
      portOf: (file) =>
        spoolPort({
          file,
          decodeRules: rules.decodeRules,
          maxAgeMs: settings.spool_max_age_s * 1_000,
          clock,
        }),
      broken,
      retry: { baseMs: 100, capMs: 60_000 },
      scheduler,
      random,
    });
    /** Where there is to be none, one that an earlier run left is drained. */
    const openSpool = async (): Promise<SpoolPort | undefined> => {
      await spool.open();
      return settings.spool_max_bytes === 0 && spool.isEmpty ? undefined : spool;
    };
    const close = async (): Promise<void> => {
      await session.close();
      if (files === undefined) await ownFiles.close();
      await spool.close();
      cvmain.close();
      await deadLetters.close();
    };
    return concat(merge(forwarding$, watched$), defer(close).pipe(ignoreElements()));
  });
