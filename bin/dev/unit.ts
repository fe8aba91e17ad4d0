import * as E from 'fp-ts/lib/Either.js';
import { lastValueFrom, merge, ReplaySubject, takeUntil, tap } from 'rxjs';
import { systemClock } from '../../lib/clock/system-clock.js';
import { settingsProblem } from '../../lib/config/config.js';
import { cvmainDefaults } from '../../lib/config/cvmain-config.js';
import { layout } from '../../lib/config/layout.js';
import { problemLine } from '../../lib/config/problem.js';
import { defaultSettings } from '../../lib/config/settings.js';
import type { DaemonEvent } from '../../lib/log/event.js';
import { knownSessions } from '../../lib/mqtt/session/known-sessions.js';
import { type TopicFilter, topicFilter } from '../../lib/rules/message/topic-filter.js';
import { acquireLock, type LockRefusal, lockRefusalText } from '../../lib/storage/process-lock.js';
import { monotonicScheduler as scheduler } from '../../streams/monotonic-scheduler.js';
import { runEach } from '../../streams/operators/run-each.js';
import { daemon } from '../../streams/programs/daemon.js';
import { rulesOf } from '../../streams/rules.js';
import { configurations } from '../../streams/sources/configurations.js';
import { unitFiles } from '../../streams/sources/unit-files.js';
import type { DevEvent } from './event.js';
import { Feed } from './feed.js';

/** Dependencies of {@link startDaemon}. */
export interface DaemonOptions {
  readonly home: string;
  /** The system notifier, `host:port`. */
  readonly notifierAddr: string;
  readonly emit: (event: DevEvent) => void;
}

/** The daemon in this process. */
export interface DevDaemon {
  /** Nothing listens at an address that cvmain sent a packet to. */
  unheard(sendAddr: string): void;
  /** Rejects if the daemon fails, which is a bug; else resolves after {@link stop}. */
  readonly ended: Promise<unknown>;
  /** Stops the daemon as SIGTERM would; resolves when it has stopped. */
  stop(): Promise<void>;
}

/**
 * Takes a home for this process, before anything in it is changed. Right gives it back. Left: its settings are wrong or
 * another process has it, and what to do, in one line.
 */
export const takeHome = (home: string): E.Either<string, () => void> => {
  const paths = layout(home);
  const problem = settingsProblem(paths);
  if (problem !== undefined) return E.left(problemLine(problem));
  return E.mapLeft((refusal: LockRefusal) =>
    refusal.reason === 'taken'
      ? `process ${refusal.pid} runs the unit in ${home}: end it, or start another unit: cvmqtt dev another-home --port-base 21883`
      : lockRefusalText(refusal),
  )(acquireLock(paths.state, 'daemon'));
};

/** Starts the daemon of a home that was taken, the same as `cvmqtt run` starts, and emits what it does. */
export const startDaemon = async (options: DaemonOptions): Promise<DevDaemon> => {
  const { home, notifierAddr, emit } = options;
  const paths = layout(home);
  const stop$ = new ReplaySubject<void>(1);
  let filters: readonly TopicFilter[] = [];
  let rules = rulesOf({ settings: defaultSettings, cvmain: cvmainDefaults, filters: () => filters });
  const feed = new Feed({ rules: () => rules, notifierAddr, now: () => new Date(), emit });
  const report = (event: DaemonEvent): void => feed.reported(event);
  const watching = { layout: paths, scheduler, report };
  const files = unitFiles(watching);
  const session = await knownSessions(paths.state, systemClock, (found) =>
    report({ kind: 'state-newer', ...found }),
  );
  const observer = {
    arrived: feed.received.bind(feed),
    called: feed.called.bind(feed),
    watch: () => undefined,
  };
  const facts = merge(
    files.credentials$.pipe(
      tap((login) => {
        filters = login.filters.map(topicFilter);
      }),
    ),
    files.integrations$.pipe(tap((set) => feed.registered(set))),
  ).subscribe();
  const settlement$ = runEach(
    configurations(watching).pipe(
      takeUntil(stop$),
      tap(({ settings, cvmain }) => {
        rules = rulesOf({ settings, cvmain, filters: () => filters });
      }),
    ),
    (config, replaced$) =>
      daemon({
        config,
        stateDirectory: paths.state,
        files,
        session,
        stop$: merge(replaced$, stop$),
        report,
        observer,
      }),
  );
  const ended = lastValueFrom(settlement$, { defaultValue: undefined });
  return {
    unheard: feed.unheard.bind(feed),
    ended,
    stop: async () => {
      stop$.next();
      await ended;
      facts.unsubscribe();
      await files.close();
      await session.close();
    },
  };
};
