import { expect } from 'chai';
import type { Job } from '../../lib/rules/delivery/job.js';
import { jobOf } from './lanes.js';

interface Stored {
  readonly id: number;
  readonly seq: number;
  isOut: boolean;
}

/** The sequence number of the broker's publish, even if the job came from the spool. */
export const seqOf = ({ deliverable }: Job): number => Number(deliverable.message.message);

/** The disk of a lane's model: stored messages in order, and which of them the lane has taken out. */
export class LaneDisk {
  readonly #stored: Stored[] = [];
  #nextId = 1;

  /** Sequence numbers of the stored messages, in order. */
  get seqs(): readonly number[] {
    return this.#stored.map(({ seq }) => seq);
  }

  /** Stores the jobs and returns their ids; `pinned` stays with the lane. */
  store(jobs: readonly Job[], pinned: Job | undefined): readonly number[] {
    return jobs.map((job) => {
      const id = this.#nextId++;
      this.#stored.push({ id, seq: seqOf(job), isOut: job === pinned });
      return id;
    });
  }

  /** Takes out at most this many of the messages that are not out, the oldest first. */
  take(most: number) {
    const taken = this.#stored.filter(({ isOut }) => !isOut).slice(0, most);
    for (const each of taken) each.isOut = true;
    const found = taken.map(({ id, seq }) => {
      const { deliverable } = jobOf(-id, `int1-${seq}`);
      return { id, decoded: deliverable };
    });
    return { found, more: this.#stored.some(({ isOut }) => !isOut) };
  }

  /** Removes a message that was taken out. */
  free(id: number): void {
    const at = this.#stored.findIndex((each) => each.id === id);
    expect(this.#stored[at]?.isOut, `${id} is on the disk and taken out`).to.equal(true);
    this.#stored.splice(at, 1);
  }

  /** After a crash: nothing is taken out. */
  putBack(): void {
    for (const each of this.#stored) each.isOut = false;
  }
}
