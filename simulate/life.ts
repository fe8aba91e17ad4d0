import * as E from 'fp-ts/lib/Either.js';
import { concat, defer, from, merge, mergeMap, type Observable, ReplaySubject, takeUntil, tap } from 'rxjs';
import type { Clock } from '../lib/clock/clock.js';
import type { Config } from '../lib/config/config.js';
import type { DaemonEvent } from '../lib/log/event.js';
import { type KnownSessions, knownSessions } from '../lib/mqtt/session/known-sessions.js';
import type { Settlement } from '../lib/rules/settlement.js';
import { count, newTally } from '../lib/rules/tally.js';
import { AppendFile } from '../lib/storage/append-file.js';
import { SpoolFile } from '../lib/storage/spool/spool-file.js';
import type { NewerFile } from '../lib/storage/state-formats.js';
import { runEach } from '../streams/operators/run-each.js';
import { daemon } from '../streams/programs/daemon.js';
import type { Outside } from '../streams/programs/outside.js';
import { configurations } from '../streams/sources/configurations.js';
import { unitFiles } from '../streams/sources/unit-files.js';
import type { Agenda } from './engine/agenda.js';
import type { Chance } from './engine/chance.js';
import { ProcessTime } from './engine/process-time.js';
import type { ModelConnection } from './model/connection.js';
import type { ModelConnectionDeps } from './model/connection-deps.js';
import type { ModelCvmain } from './model/cvmain.js';
import type { ModelDisk } from './model/disk.js';
import { files, type Site } from './model/site.js';
import { watchdog } from './watchdog.js';

/** The models around a process of the daemon. */
export interface LifeDeps {
  readonly agenda: Agenda;
  readonly chance: Chance;
  readonly site: Site;
  readonly disk: ModelDisk;
  readonly cvmain: ModelCvmain;
  readonly openConnection: (
    deps: Pick<ModelConnectionDeps, 'time' | 'isAlive'>,
    ...options: Parameters<Outside['openConnection']>
  ) => ModelConnection;
  readonly clock: Clock;
  readonly report: (event: DaemonEvent) => void;
  readonly daemonStarts: (config: Config) => void;
  /** Gets what its watchdog takes for stuck. */
  readonly stuck: (what: string) => void;
  readonly ended: (how: 'stopped' | 'failed', error?: unknown) => void;
}

/** One process of the daemon from start to end, composed as in `bin/run.ts`. */
export class Life {
  readonly startedAt: number;
  readonly time: ProcessTime;
  readonly tally = newTally();
  readonly #deps: LifeDeps;
  readonly #stop$ = new ReplaySubject<void>(1);
  readonly #observer: ReturnType<typeof watchdog>;
  #alive = true;
  stopping = false;
  isSpoolOpen = false;
  /** Its latest connection to the broker. */
  connection: ModelConnection | undefined;

  constructor(deps: LifeDeps) {
    this.#deps = deps;
    const { agenda, site, disk, cvmain, chance, clock, report } = deps;
    this.startedAt = agenda.now;
    this.time = new ProcessTime(agenda, () => this.#alive, clock.uptimeMs());
    const isAlive = (): boolean => this.#alive;
    const itsDisk = disk.disk(isAlive);
    const outside: Outside = {
      openConnection: (options, events) => {
        this.connection = deps.openConnection({ time: this.time, isAlive }, options, events);
        return this.connection;
      },
      connectCvmain: (options) => cvmain.client(this.time, isAlive, options),
      fileContent: (path) => site.content(path),
      appendFile: (options) => new AppendFile(options, itsDisk),
      openSpool: async (options) => {
        const opened = await SpoolFile.open(options, itsDisk);
        this.isSpoolOpen = E.isRight(opened);
        return opened;
      },
      scheduler: this.time,
      clock,
      random: () => chance.next(),
    };
    const newer = (found: NewerFile): void => report({ kind: 'state-newer', ...found });
    this.#observer = watchdog({ agenda, now: () => this.time.now(), isAlive, stuck: deps.stuck });
    const reportIt = (event: DaemonEvent): void => {
      if (!this.#alive) return;
      this.#observer.report(event);
      if (event.kind === 'dead-letter-lost') this.tally.dead_letters_lost += 1;
      report(event);
    };
    const watching = {
      layout: files,
      content: (path: string) => site.content(path),
      scheduler: this.time,
      report: reportIt,
    };
    const configuration$ = configurations(watching).pipe(takeUntil(this.#stop$));
    const unit = unitFiles(watching);
    const run = (session: KnownSessions): Observable<Settlement> =>
      runEach(configuration$, (config, replaced$) => {
        if (this.#alive) deps.daemonStarts(config);
        const stop$ = merge(replaced$, this.#stop$);
        return daemon({
          config,
          stateDirectory: files.state,
          files: unit,
          session,
          stop$,
          report: reportIt,
          observer: this.#observer,
          outside,
        });
      }).pipe(
        tap((settlement) => {
          if (this.#alive) count(this.tally, settlement);
        }),
      );
    from(knownSessions(files.state, clock, newer, disk.wholeFiles(isAlive)))
      .pipe(
        mergeMap((session) =>
          concat(
            run(session),
            defer(() => unit.close()),
            defer(() => session.close()),
          ),
        ),
      )
      .subscribe({
        error: (error) => this.#end('failed', error),
        complete: () => this.#end('stopped'),
      });
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  stop(): void {
    this.stopping = true;
    this.#observer.report({ kind: 'stopping' });
    this.#stop$.next();
  }

  /** SIGKILL or a power cut. */
  kill(powerToo: boolean): void {
    this.#alive = false;
    this.#leave();
    this.connection?.processGone(powerToo);
  }

  #end(how: 'stopped' | 'failed', error?: unknown): void {
    if (!this.#alive) return;
    this.#deps.ended(how, error);
    this.#alive = false;
    this.#leave();
  }

  #leave(): void {
    this.#deps.cvmain.processGone();
    this.#deps.site.forgetWatchers();
  }
}
