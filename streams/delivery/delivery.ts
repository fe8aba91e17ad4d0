import type { Subscriber } from 'rxjs';
import type { Understood } from '../../lib/delivery/deliverable.js';
import { Fairness } from '../../lib/delivery/fairness.js';
import { Gate } from '../../lib/delivery/gate.js';
import { type Job, newJob, settled } from '../../lib/delivery/job.js';
import { isEmpty, type Lane, newLane } from '../../lib/delivery/lane.js';
import type { Call, LaneEffect, LaneEvent } from '../../lib/delivery/lane-event.js';
import type { Moment } from '../../lib/delivery/lane-moves.js';
import { mayEnd, step } from '../../lib/delivery/step.js';
import type { IntegrationSet } from '../../lib/routing/integrations.js';
import { route } from '../../lib/routing/route.js';
import type { Settlement } from '../../lib/settlement.js';
import type { DeliverDeps } from '../deliver-deps.js';
import { Alarms } from './alarms.js';
import { Calls } from './calls.js';
import { Shelf } from './shelf.js';
import { Turns } from './turns.js';
import { Watch } from './watch.js';

const look: LaneEvent = { kind: 'look' };
const time: LaneEvent = { kind: 'time' };
const setChanged: LaneEvent = { kind: 'set-changed' };
const back: LaneEvent = { kind: 'back' };
const crowds: LaneEvent = { kind: 'crowds' };
const foundOnDisk: LaneEvent = { kind: 'found-on-disk' };
const stop: LaneEvent = { kind: 'stop' };

/** Runs the lanes: each thing that happens is a step of one lane, or of each, and its effects are carried out in order. */
export class Delivery {
  readonly #deps: DeliverDeps;
  readonly #out: Subscriber<Settlement>;
  readonly #lanes = new Map<string, Lane>();
  readonly #gate: Gate<Lane>;
  readonly #turns: Turns<Lane>;
  readonly #calls: Calls;
  readonly #alarms: Alarms<Lane>;
  readonly #fairness: Fairness | undefined;
  readonly #shelf: Shelf | undefined;
  readonly #watch: Watch | undefined;
  readonly #moment: { -readonly [Key in keyof Moment]: Moment[Key] };
  #waitingQos0 = 0;
  #sourceEnded = false;

  constructor(deps: DeliverDeps, out: Subscriber<Settlement>) {
    const { spool, scheduler, notify, whenServing$, callsInFlight } = deps;
    const error = (bug: unknown): void => out.error(bug);
    this.#deps = deps;
    this.#out = out;
    this.#gate = new Gate(callsInFlight);
    this.#turns = new Turns(this.#gate);
    this.#calls = new Calls({ gate: this.#gate, notify, whenServing$, error });
    this.#alarms = new Alarms(scheduler, (lane) => this.#post(lane, time));
    if (spool !== undefined) {
      const fairness = new Fairness(spool.rules);
      const crowd = (lanes: readonly Lane[]): void => this.#toEach(lanes, crowds);
      const crowders = (now: number): readonly Lane[] => this.#crowders(fairness, now);
      this.#fairness = fairness;
      this.#shelf = new Shelf({ spool: spool.spool, post: (lane, event) => this.#post(lane, event), error });
      this.#watch = new Watch({ fairness, scheduler, crowders, crowd });
    }
    this.#moment = {
      rules: { ...deps, maxAgeMs: spool?.rules.maxAgeMs ?? Number.POSITIVE_INFINITY },
      now: scheduler.now(),
      decide: undefined,
      hasSlot: true,
      hasSpool: spool !== undefined,
      stopping: false,
      servedAt: Number.NEGATIVE_INFINITY,
      held: 0,
      effects: [],
    };
  }

  /** A message came in. */
  arrive(understood: Understood): void {
    if (this.#moment.stopping) return;
    if (understood.kind === 'dead-lettered') {
      this.#out.next(understood);
      return;
    }
    const now = this.#deps.scheduler.now();
    const job = newJob(understood, now);
    const { maxWaitingQos0 } = this.#deps;
    if (understood.message.publish.qos === 0 && this.#waitingQos0 >= maxWaitingQos0) {
      const detail = `${maxWaitingQos0} messages of QoS 0 wait already`;
      this.#out.next(settled(job, now, { reason: 'overflow', detail }));
      return;
    }
    if (understood.message.publish.qos === 0) this.#waitingQos0 += 1;
    this.#turns.post(() => {
      const lane = this.#laneOf(understood.message.integration, now);
      this.#fairness?.arrived(job, lane, now);
      this.#step(lane, { kind: 'arrived', job });
    });
    this.#serve();
  }

  /** The set of registered integrations is this one now. */
  setChanged(set: IntegrationSet): void {
    this.#turns.post(() => {
      this.#moment.decide = route(set, this.#deps.policy);
    });
    this.#toEach(undefined, setChanged);
  }

  /** The spool has messages for these. */
  found(integrations: readonly string[]): void {
    this.#turns.post(() => {
      const now = this.#deps.scheduler.now();
      for (const integration of integrations) this.#step(this.#laneOf(integration, now), foundOnDisk);
    });
    this.#serve();
  }

  /** The calls in flight are finished, no more messages are taken, and what was sent is noted so that it is not repeated. */
  stop(): void {
    this.#turns.post(() => {
      this.#moment.stopping = true;
    });
    this.#toEach(undefined, stop);
    this.#turns.post(() => {
      if (this.#fairness?.holdsUpSent(true)) this.#toEach(undefined, crowds);
    });
    this.#serve();
  }

  /** No message comes any more. */
  endOfSource(): void {
    this.#sourceEnded = true;
    this.#serve();
  }

  close(): void {
    this.#calls.close();
    this.#alarms.close();
    this.#shelf?.close();
    this.#watch?.close();
  }

  #laneOf(integration: string, now: number): Lane {
    const known = this.#lanes.get(integration);
    if (known !== undefined) return known;
    const lane = newLane(integration, now);
    this.#lanes.set(integration, lane);
    return lane;
  }

  #post(lane: Lane, event: LaneEvent): void {
    this.#turns.post(() => this.#step(lane, event));
    this.#serve();
  }

  #toEach(lanes: readonly Lane[] | undefined, event: LaneEvent): void {
    this.#turns.post(() => {
      for (const lane of lanes ?? [...this.#lanes.values()]) this.#step(lane, event);
    });
    this.#serve();
  }

  #serve(): void {
    const isOver = (): boolean => this.#out.closed;
    if (!this.#turns.serve((lane) => this.#step(lane, look), isOver)) return;
    if (this.#isDone()) this.#out.complete();
    else this.#watch?.begin();
  }

  /** All, while the daemon stops, if any: an acknowledgement leaves when all before it do. */
  #crowders(fairness: Fairness, now: number): readonly Lane[] {
    if (!this.#moment.stopping) return [...fairness.crowders(now)];
    return fairness.holdsUpSent(false) ? [...this.#lanes.values()] : [];
  }

  #isDone(): boolean {
    if (!this.#moment.stopping) return this.#sourceEnded && this.#lanes.size === 0;
    return this.#gate.idle && [...this.#lanes.values()].every(mayEnd);
  }

  #step(lane: Lane, event: LaneEvent): void {
    const moment = this.#moment;
    moment.now = this.#deps.scheduler.now();
    moment.hasSlot = this.#gate.isOpen;
    if (event.kind === 'look') this.#alarms.clear(lane);
    step(lane, event, moment);
    const { effects } = moment;
    for (const effect of effects) this.#carryOut(effect, lane);
    effects.length = 0;
    if (lane.state === 'idle' && isEmpty(lane)) this.#lanes.delete(lane.integration);
  }

  #carryOut(effect: LaneEffect, lane: Lane): void {
    switch (effect.kind) {
      case 'due':
        this.#turns.due(lane);
        break;
      case 'call':
        this.#call(lane, effect);
        break;
      case 'queue':
        this.#gate.queued(lane);
        break;
      case 'withdraw':
        this.#gate.withdrawn(lane);
        break;
      case 'wake':
        this.#alarms.set(lane, effect.at);
        break;
      case 'settle':
        this.#settle(effect.settlement, effect.job);
        break;
      case 'store':
        this.#shelf?.store(lane, effect.jobs, effect.kept);
        break;
      case 'take':
        this.#shelf?.take(lane, effect.most);
        break;
      case 'free':
        this.#shelf?.free(effect.id);
        break;
      case 'note':
        this.#shelf?.note(effect.id, effect.job);
    }
  }

  #call(lane: Lane, call: Call): void {
    this.#calls.make(lane, call, (outcome) => {
      this.#turns.post(() => {
        if (outcome.kind === 'accepted') this.#moment.servedAt = this.#deps.scheduler.now();
        this.#step(lane, { kind: 'answered', call, outcome });
        if (outcome.kind === 'away') this.#calls.away((failedProbes) => this.#back(failedProbes));
      });
      this.#serve();
    });
  }

  /** Where the first probe found cvmain, it was hardly away. */
  #back(failedProbes: number): void {
    if (failedProbes > 0) this.#toEach(undefined, back);
    else this.#serve();
  }

  /** A message of QoS 0 waits here until it has ended, or is in the spool. */
  #settle(settlement: Settlement, job?: Job): void {
    if (job !== undefined) {
      this.#fairness?.settled(job, this.#moment.now);
      const isFirst = settlement.kind === 'spooled' || job.spoolId === undefined;
      if (isFirst && settlement.publish.qos === 0) this.#waitingQos0 -= 1;
    }
    this.#out.next(settlement);
  }
}
