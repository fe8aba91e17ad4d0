import * as E from 'fp-ts/lib/Either.js';
import { type Observable, type SchedulerLike, Subscription, take } from 'rxjs';
import { Backlog } from '../lib/delivery/backlog.js';
import type { Understood } from '../lib/delivery/deliverable.js';
import { type Job, type Lane, newJob, spooled } from '../lib/delivery/lane.js';
import type { Settlement } from '../lib/settlement.js';
import type { ToStore } from '../lib/spool/spool-file.js';

/** A message that was taken out of the spool. */
export interface FromSpool {
  readonly id: number;
  /** Its publish says when it was received. */
  readonly understood: Understood;
}

/** A message on its way into the spool. */
export interface Storing extends Omit<ToStore, 'receipt'> {
  /** When it was received first, by the scheduler, ms. */
  readonly arrivedAt: number;
}

/** The spool, as delivery uses it; see `SpoolFile`. */
export interface SpoolPort {
  readonly integrations: readonly string[];
  has(integration: string): boolean;
  /** Emits once: the ids of the messages that are on the disk now, or why they are not. */
  store(messages: readonly Storing[]): Observable<E.Either<string, readonly number[]>>;
  /** Emits once: the next messages of an integration. */
  take(integration: string, most: number): Observable<readonly FromSpool[]>;
  /** A message has ended, and where it is a dead letter, that is on the disk. */
  settled(id: number): void;
}

/** When messages go to the spool; in ms. */
export interface SpoolRules {
  /** An integration that made no progress for so long is stuck. */
  readonly patienceMs: number;
  /** For so long one message may hold up what is settled behind it. */
  readonly stallMs: number;
}

/** What {@link Spooling} stands on. */
export interface SpoolingDeps {
  readonly spool: SpoolPort;
  readonly rules: SpoolRules;
  readonly scheduler: SchedulerLike;
  readonly lanes: ReadonlyMap<string, Lane>;
  readonly emit: (settlement: Settlement) => void;
  /** The lane may go on. */
  readonly wake: (lane: Lane) => void;
  /** So many messages of the lane left the memory for the disk. */
  readonly shrunk: (lane: Lane, by: number) => void;
  /** Something was written, or could not be. */
  readonly stored: () => void;
  readonly error: (bug: unknown) => void;
}

/** How often what is stuck is looked for in the time after which something is. */
const looksInTime = 4;

/** How many messages of an integration are taken into memory at once while it has more in the spool. */
const inMemory = 16;

/**
 * Store and forward: what is stuck goes to the disk, so that it is acknowledged and holds up nobody, and comes from there
 * in its turn. A lane's messages are in memory first, then in the spool, then in its tail, which is on its way there: so
 * while an integration has messages in the spool, its new ones queue behind them (design.md, decision 15).
 */
export class Spooling {
  readonly #deps: SpoolingDeps;
  readonly #backlog: Backlog;
  readonly #work = new Subscription();
  #storing = 0;
  /** The next look at what is stuck. Not among the work: a timer that has fired would stay there. */
  #watching: Subscription | undefined;

  constructor(deps: SpoolingDeps) {
    this.#deps = deps;
    this.#backlog = new Backlog(deps.rules);
  }

  /** Whether nothing is being written. */
  get idle(): boolean {
    return this.#storing === 0;
  }

  /** A message has arrived in a lane. True when it stays in memory, false when it goes to the disk. */
  arrived(job: Job, lane: Lane): boolean {
    const { scheduler, spool } = this.#deps;
    this.#backlog.arrived(job, lane, scheduler.now());
    const queues =
      lane.storing !== 'no' || lane.reading || lane.tail.length > 0 || spool.has(lane.integration);
    if (queues || this.#backlog.presses) this.#watch();
    if (!queues) return lane.jobs.push(job) > 0;
    lane.tail.push(job);
    this.#storeTail(lane);
    return false;
  }

  /** A message of a lane has ended. */
  ended(job: Job, lane: Lane): void {
    const now = this.#deps.scheduler.now();
    job.ended = true;
    lane.progressAt = now;
    this.#backlog.settled(job, now);
  }

  /** Whether the lane must wait for the disk before its next message; gets that into memory. */
  waits(lane: Lane): boolean {
    const { spool, wake, error } = this.#deps;
    const next = lane.jobs[0];
    const leaving = lane.storing === 'all' && next !== lane.kept;
    if (next !== undefined && !leaving) return false;
    lane.state = 'for-disk';
    if (lane.reading) return true;
    if (!leaving && spool.has(lane.integration)) {
      const taken = (found: readonly FromSpool[]): void => {
        lane.reading = false;
        for (const each of found) this.#takeIn(each, lane);
        wake(lane);
      };
      lane.reading = true;
      this.#work.add(spool.take(lane.integration, inMemory).pipe(take(1)).subscribe({ next: taken, error }));
      return true;
    }
    if (lane.storing !== 'no') return true;
    if (lane.tail.length > 0) lane.jobs.push(...lane.tail.splice(0));
    return false;
  }

  close(): void {
    this.#work.unsubscribe();
    this.#watching?.unsubscribe();
  }

  /**
   * Looks for what is stuck, again and again while so much waits that it could harm others, or could not be written so
   * far. Neither begins without a message that arrives.
   */
  #watch(): void {
    if (this.#watching !== undefined) return;
    const { scheduler, rules } = this.#deps;
    const look = (): void => {
      this.#watching = undefined;
      if (this.#look() || this.#backlog.presses) this.#watch();
    };
    this.#watching = scheduler.schedule(look, Math.min(rules.stallMs, rules.patienceMs) / looksInTime);
  }

  /** True when something is still to be written. */
  #look(): boolean {
    const { lanes, scheduler, rules } = this.#deps;
    const now = scheduler.now();
    const blockers = this.#backlog.blockers(now);
    const isStuck = (lane: Lane): boolean =>
      blockers.has(lane) || (this.#backlog.presses && now - lane.progressAt >= rules.patienceMs);
    let hasTails = false;
    for (const lane of [...lanes.values()]) {
      if (isStuck(lane)) this.#storeAll(lane);
      if (lane.tail.length > 0) this.#storeTail(lane);
      hasTails ||= lane.tail.length > 0;
    }
    return hasTails;
  }

  /** Writes all of a lane to the disk. Its first message stays in memory, as it may be in a call. */
  #storeAll(lane: Lane): void {
    const jobs = lane.jobs.filter(({ spoolId }) => spoolId === undefined);
    if (lane.storing !== 'no' || jobs.every(({ deliverable }) => deliverable.message.publish.qos === 0))
      return;
    [lane.kept] = lane.jobs;
    this.#store(lane, 'all', jobs, () => {
      const leaving = new Set(jobs.filter((job) => job !== lane.kept));
      const staying = lane.jobs.filter((job) => !leaving.has(job));
      lane.jobs.splice(0, lane.jobs.length, ...staying);
      this.#deps.shrunk(lane, leaving.size);
    });
  }

  #storeTail(lane: Lane): void {
    if (lane.storing !== 'no') return;
    const jobs = [...lane.tail];
    this.#store(lane, 'tail', jobs, () => lane.tail.splice(0, jobs.length));
  }

  #store(lane: Lane, what: 'all' | 'tail', jobs: readonly Job[], done: () => void): void {
    const { spool, scheduler, emit, wake, stored, error } = this.#deps;
    const messages = jobs.map((job) => ({
      integration: lane.integration,
      publish: job.deliverable.message.publish,
      arrivedAt: job.arrivedAt,
      kept: what === 'all' && job === lane.kept,
    }));
    lane.storing = what;
    this.#storing += 1;
    const next = (ids: E.Either<string, readonly number[]>): void => {
      lane.storing = 'no';
      this.#storing -= 1;
      if (E.isRight(ids)) {
        const now = scheduler.now();
        done();
        for (const [n, job] of jobs.entries()) {
          const id = ids.right[n];
          if (id === undefined) continue;
          this.#backlog.settled(job, now);
          // It ended while it was being written.
          if (job.ended) spool.settled(id);
          else emit(spooled(job, now, id));
        }
      }
      if (lane.state === 'for-disk' && !lane.reading) wake(lane);
      stored();
    };
    this.#work.add(spool.store(messages).pipe(take(1)).subscribe({ next, error }));
  }

  #takeIn({ id, understood }: FromSpool, lane: Lane): void {
    const { scheduler, emit } = this.#deps;
    if (understood.kind === 'dead-lettered') {
      emit(understood);
      return;
    }
    const job = newJob(understood, scheduler.now());
    job.spoolId = id;
    lane.jobs.push(job);
  }
}
