import * as E from 'fp-ts/lib/Either.js';
import { of, ReplaySubject, type SchedulerLike, Subscription } from 'rxjs';
import type { SpoolFile } from '../../lib/storage/spool/spool-file.js';
import { type Backoff, backoffMs } from '../../lib/util/backoff.js';
import type { SpoolPort, Storing } from './spool-port.js';

/** Dependencies of {@link LateSpool}. */
export interface LateSpoolDeps {
  readonly open: () => Promise<E.Either<string, SpoolFile>>;
  readonly portOf: (file: SpoolFile) => SpoolPort;
  /** Called with the reason why it cannot be opened, each time that the reason changes. */
  readonly broken: (detail: string) => void;
  readonly retry: Backoff;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
}

/** The obstacle may pass quickly, and messages sent before the spool is open overtake those in it. */
const triesAtStart = 4;

const notOpen = E.left('the spool is not open');

/**
 * A spool whose file may not open at first: opening is retried, and until then it takes nothing. Once it is open, its
 * messages go before those that have not been sent yet.
 */
export class LateSpool implements SpoolPort {
  readonly found$ = new ReplaySubject<readonly string[]>(1);
  readonly #deps: LateSpoolDeps;
  #opened: { readonly file: SpoolFile; readonly port: SpoolPort } | undefined;
  #timer = Subscription.EMPTY;
  #closing = false;
  #failures = 0;
  #reported: string | undefined;

  constructor(deps: LateSpoolDeps) {
    this.#deps = deps;
  }

  /** True if it is open and empty. */
  get isEmpty(): boolean {
    return this.#opened !== undefined && this.#opened.file.integrations.length === 0;
  }

  /** See `SpoolFile`; undefined while it is not open. */
  get unsettled(): SpoolFile['unsettled'] | undefined {
    return this.#opened?.file.unsettled;
  }

  /** Opens it. Resolves when it is open, or after some failed attempts; it is then retried in the background. */
  async open(): Promise<void> {
    while (!(await this.#tried()) && this.#failures < triesAtStart && !this.#closing) await this.#wait();
    if (this.#opened === undefined && !this.#closing) void this.#openLater();
  }

  has(integration: string): boolean {
    return this.#opened?.port.has(integration) ?? false;
  }

  store(messages: readonly Storing[]): ReturnType<SpoolPort['store']> {
    return this.#opened?.port.store(messages) ?? of(notOpen);
  }

  take(integration: string, most: number): ReturnType<SpoolPort['take']> {
    return this.#opened?.port.take(integration, most) ?? of(notOpen);
  }

  note(...of: Parameters<SpoolPort['note']>): void {
    this.#opened?.port.note(...of);
  }

  settled(id: number): void {
    this.#opened?.port.settled(id);
  }

  /** Writes what is due and closes the file for good. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#timer.unsubscribe();
    await this.#opened?.file.close();
  }

  async #openLater(): Promise<void> {
    do await this.#wait();
    while (!this.#closing && !(await this.#tried()));
  }

  async #tried(): Promise<boolean> {
    const { open, portOf, broken } = this.#deps;
    const opened = await open();
    if (E.isLeft(opened)) {
      if (this.#reported !== opened.left) broken(opened.left);
      this.#reported = opened.left;
      this.#failures += 1;
      return false;
    }
    const file = opened.right;
    this.#opened = { file, port: portOf(file) };
    if (this.#closing) await file.close();
    else this.found$.next(file.integrations);
    return true;
  }

  /** Resolves when the next attempt is due, or on close. */
  #wait(): Promise<void> {
    const { retry, scheduler, random } = this.#deps;
    return new Promise((resolve) => {
      this.#timer = scheduler.schedule(() => resolve(), backoffMs(retry, this.#failures, random));
      this.#timer.add(() => resolve());
    });
  }
}
