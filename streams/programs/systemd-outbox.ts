import * as E from 'fp-ts/lib/Either.js';
import type { SchedulerLike } from 'rxjs';
import type { Send } from '../../lib/status/notify-socket.js';
import { OneTimer } from '../one-timer.js';

/** Dependencies of {@link SystemdOutbox}. */
export interface SystemdOutboxDeps {
  readonly send: Send;
  readonly scheduler: SchedulerLike;
  /** Called once with the reason why systemd can't be notified. */
  readonly broken: (detail: string) => void;
}

/** Pause after a message that could not be sent, ms. */
const againMs = 5_000;

/**
 * What systemd is to be told, the newest value of each name. One message is under way at a time; what comes meanwhile
 * shares the next one. What can't be sent is kept for the next attempt.
 */
export class SystemdOutbox {
  readonly #deps: SystemdOutboxDeps;
  readonly #unsent = new Map<string, string>();
  readonly #again: OneTimer;
  #sending: Promise<void> | undefined;
  #isBroken = false;
  #isClosed = false;

  constructor(deps: SystemdOutboxDeps) {
    this.#deps = deps;
    this.#again = new OneTimer(deps.scheduler);
  }

  /** Adds a value to the next message. */
  put(name: string, value: string): void {
    this.#unsent.set(name, value);
  }

  /** Takes a value back that was not sent. */
  drop(name: string): void {
    this.#unsent.delete(name);
  }

  /** Sends what there is, unless a message is under way. */
  flush(): void {
    if (this.#unsent.size > 0) this.#sending ??= this.#send();
  }

  /** Starts no message any more; waits for the one that is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#again.stop();
    await this.#sending;
  }

  async #send(): Promise<void> {
    const values = [...this.#unsent];
    this.#unsent.clear();
    const sent = await this.#deps.send(values.map(([name, value]) => `${name}=${value}`));
    this.#sending = undefined;
    if (E.isLeft(sent)) this.#failed(values, sent.left);
    else if (!this.#isClosed) this.flush();
  }

  #failed(values: readonly (readonly [string, string])[], detail: string): void {
    for (const [name, value] of values) if (!this.#unsent.has(name)) this.#unsent.set(name, value);
    if (!this.#isBroken) this.#deps.broken(detail);
    this.#isBroken = true;
    if (!this.#isClosed) this.#again.start(againMs, () => this.flush());
  }
}
