import { runMicrotasks } from './microtasks.js';

/** A scheduled task; without a task it has run or was cancelled. */
export interface Due {
  readonly at: number;
  readonly order: number;
  task: (() => void) | undefined;
}

/**
 * The tasks scheduled in virtual time: a binary heap, ordered by time and then by order of scheduling. Times
 * are in ms.
 */
export class Agenda {
  readonly #heap: Due[] = [];
  #order = 0;
  #now = 0;
  #steps = 0;

  get now(): number {
    return this.#now;
  }

  /** Number of tasks run so far. */
  get steps(): number {
    return this.#steps;
  }

  /** Schedules a task `delay` ms from now. */
  in(delay: number, task: () => void): Due {
    const due = { at: this.#now + delay, order: this.#order++, task };
    this.#push(due);
    return due;
  }

  /** Runs the next task and all microtasks that follow; false when there is none. */
  step(): boolean {
    for (let due = this.#pop(); due !== undefined; due = this.#pop()) {
      const { task } = due;
      if (task === undefined) continue;
      due.task = undefined;
      this.#now = due.at;
      this.#steps += 1;
      task();
      runMicrotasks();
      return true;
    }
    return false;
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, due)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = due;
  }

  #pop(): Due | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      let below = heap[child];
      if (below === undefined) break;
      const other = heap[child + 1];
      if (other !== undefined && isBefore(other, below)) {
        below = other;
        child += 1;
      }
      if (isBefore(last, below)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

const isBefore = (one: Due, other: Due): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order);
