import type { Subscriber } from 'rxjs';
import type { Decoded, Deliverable } from '../../lib/rules/delivery/deliverable.js';
import { newJob, settled } from '../../lib/rules/delivery/job.js';
import type { Lane } from '../../lib/rules/delivery/lane.js';
import type { LaneEvent } from '../../lib/rules/delivery/lane-event.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import { route } from '../../lib/rules/routing/route.js';
import type { Settlement } from '../../lib/rules/settlement.js';
import type { DeliverDeps } from './deliver-deps.js';
import { Loop } from './loop.js';
import { Watch } from './watch.js';

const setChanged: LaneEvent = { kind: 'set-changed' };
const mustSpool: LaneEvent = { kind: 'must-spool' };
const foundOnDisk: LaneEvent = { kind: 'found-on-disk' };
const stop: LaneEvent = { kind: 'stop' };

/** Delivery as a machine: method calls are its inputs, and settlements go to a subscriber. */
export class Delivery {
  readonly #deps: DeliverDeps;
  readonly #out: Subscriber<Settlement>;
  readonly #loop: Loop;
  readonly #watch: Watch | undefined;
  #sourceEnded = false;

  constructor(deps: DeliverDeps, out: Subscriber<Settlement>) {
    this.#deps = deps;
    this.#out = out;
    this.#loop = new Loop({ ...deps, out, rested: () => this.#rest() });
    const { fairness } = this.#loop;
    if (fairness === undefined) return;
    this.#watch = new Watch({
      fairness,
      scheduler: deps.scheduler,
      lanesToSpool: (now) => this.#lanesToSpool(now),
      spoolLanes: (lanes) => this.#loop.post(() => this.#loop.toEach(lanes, mustSpool)),
    });
  }

  /** Lanes that have messages. */
  get lanes(): readonly Lane[] {
    return this.#loop.lanes;
  }

  /** A message arrived. */
  arrive(decoded: Decoded): void {
    const loop = this.#loop;
    if (loop.moment.stopping) return;
    if (decoded.kind === 'dead-lettered') {
      this.#out.next(decoded);
      return;
    }
    loop.post(() => this.#take(decoded));
  }

  /** The live set changed. */
  setChanged(set: IntegrationSet): void {
    this.#loop.post(() => {
      this.#loop.moment.decide = route(set, this.#deps.policy);
      this.#loop.holds?.setChanged(set);
      this.#loop.toEach(this.#loop.lanes, setChanged);
    });
  }

  /** The spool holds messages for these integrations. */
  found(integrations: readonly string[]): void {
    this.#loop.post(() => {
      for (const integration of integrations) this.#loop.step(this.#loop.laneOf(integration), foundOnDisk);
    });
  }

  /**
   * Stops: calls in flight are finished, no more messages are taken, and what was sent is recorded so that it is not
   * repeated.
   */
  stop(): void {
    const loop = this.#loop;
    loop.post(() => {
      loop.moment.stopping = true;
      loop.toEach(loop.lanes, stop);
      if (loop.fairness?.holdsUpSent(true)) loop.toEach(loop.lanes, mustSpool);
    });
  }

  /** The source has completed. */
  endOfSource(): void {
    this.#loop.post(() => {
      this.#sourceEnded = true;
    });
  }

  close(): void {
    this.#loop.close();
    this.#watch?.close();
  }

  #take(deliverable: Deliverable): void {
    const loop = this.#loop;
    const { now } = loop.moment;
    const { maxWaitingQos0 } = this.#deps;
    const { integration, publish } = deliverable.message;
    const job = newJob(deliverable, now);
    if (publish.qos === 0 && loop.waitingQos0 >= maxWaitingQos0) {
      const detail = `${maxWaitingQos0} messages of QoS 0 are waiting already`;
      this.#out.next(settled(job, now, { reason: 'overflow', detail }));
      return;
    }
    if (publish.qos === 0) loop.waitingQos0 += 1;
    const lane = loop.laneOf(integration);
    loop.fairness?.arrived(job, lane, now);
    loop.step(lane, { kind: 'arrived', job });
  }

  /** Everything posted has been handled. */
  #rest(): void {
    const loop = this.#loop;
    const isOver = loop.moment.stopping ? loop.mayEnd : this.#sourceEnded && loop.isEmpty;
    if (isOver) this.#out.complete();
    else this.#watch?.begin();
  }

  /**
   * Lanes to spool. While the daemon stops these are all lanes that hold up an acknowledgement, as acks leave in
   * order.
   */
  #lanesToSpool(now: number): readonly Lane[] {
    const { fairness, lanes, moment } = this.#loop;
    if (!moment.stopping) return [...(fairness?.lanesToSpool(now) ?? [])];
    return fairness?.holdsUpSent(false) ? lanes : [];
  }
}
