import * as E from 'fp-ts/lib/Either.js';
import { type Observable, Subscription, take } from 'rxjs';
import type { Job } from '../../lib/rules/delivery/job.js';
import type { Lane } from '../../lib/rules/delivery/lane.js';
import type { LaneEvent } from '../../lib/rules/delivery/lane-event.js';
import type { SpoolPort } from '../spool/spool-port.js';

/** Dependencies of {@link LaneSpool}. */
export interface LaneSpoolDeps {
  readonly spool: SpoolPort;
  readonly post: (lane: Lane, event: LaneEvent) => void;
  readonly error: (bug: unknown) => void;
}

/** Writes to the spool and reads from it on behalf of lanes. */
export class LaneSpool {
  readonly #deps: LaneSpoolDeps;
  readonly #work = new Subscription();

  constructor(deps: LaneSpoolDeps) {
    this.#deps = deps;
  }

  store(lane: Lane, jobs: readonly Job[], pinned: Job | undefined): void {
    const { integration } = lane;
    const messages = jobs.map((job) => ({
      integration,
      publish: job.deliverable.message.publish,
      arrivedAt: job.arrivedAt,
      pinned: job === pinned,
    }));
    this.#once(lane, this.#deps.spool.store(messages), (ids) =>
      E.isRight(ids) ? { kind: 'stored', ids: ids.right } : { kind: 'store-failed' },
    );
  }

  take(lane: Lane, most: number): void {
    const { spool } = this.#deps;
    const { integration } = lane;
    this.#once(lane, spool.take(integration, most), (found) =>
      E.isRight(found)
        ? { kind: 'taken', found: found.right, more: spool.has(integration) }
        : { kind: 'take-failed' },
    );
  }

  free(id: number): void {
    this.#deps.spool.settled(id);
  }

  note(id: number, { deliverable }: Job): void {
    this.#deps.spool.note(id, deliverable.message.publish.accepted ?? []);
  }

  close(): void {
    this.#work.unsubscribe();
  }

  #once<A>(lane: Lane, work$: Observable<A>, event: (result: A) => LaneEvent): void {
    const { post, error } = this.#deps;
    this.#work.add(work$.pipe(take(1)).subscribe({ next: (result) => post(lane, event(result)), error }));
  }
}
