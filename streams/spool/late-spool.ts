import * as E from 'fp-ts/lib/Either.js';
import { of, ReplaySubject, type SchedulerLike, Subscription } from 'rxjs';
import type { SpoolFile } from '../../lib/storage/spool/spool-file.js';
import { type Backoff, backoffMs } from '../../lib/util/backoff.js';
import type { SpoolPort, Storing } from './spool-port.js';

/** Dependencies of {@link LateSpool}. */
export interface LateSpoolDeps {
  readonly open: () => Promise<E.Either<string, SpoolFile>>;
  readonly portOf: (file: SpoolFile) => SpoolPort;
  /** Told why it can't be opened, and each time that this changes. */
  readonly broken: (detail: string) => void;
  readonly retry: Backoff;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
}

/** What hinders one may be over at once, and messages that are sent before it is open overtake what is in it. */
const triesAtStart = 4;

const notOpen = E.left('the spool is not open');

/**
 * A spool that may not be opened at first: that is tried again and again, and meanwhile it takes nothing. Once it is open,
 * what is in it comes before what has not been sent by then.
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

  /** Whether it is open, with no messages in it. */
  get isEmpty(): boolean {
    return this.#opened !== undefined && this.#opened.file.integrations.length === 0;
  }

  /** Opens it; resolves when it is open, or could not be opened some times: from then on it is tried meanwhile. */
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

  /** Writes what is due, and closes the file; it is opened no more. */
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

  /** Until it is due again, or closed. */
  #wait(): Promise<void> {
    const { retry, scheduler, random } = this.#deps;
    return new Promise((resolve) => {
      this.#timer = scheduler.schedule(() => resolve(), backoffMs(retry, this.#failures, random));
      this.#timer.add(() => resolve());
    });
  }
}
