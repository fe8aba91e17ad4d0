import type { Subscriber } from 'rxjs';
import { Fairness } from '../../lib/rules/delivery/fairness.js';
import { Gate } from '../../lib/rules/delivery/gate.js';
import type { Job } from '../../lib/rules/delivery/job.js';
import type { Lane } from '../../lib/rules/delivery/lane.js';
import type { Call, LaneEffect, LaneEvent } from '../../lib/rules/delivery/lane-event.js';
import type { Moment } from '../../lib/rules/delivery/lane-moves.js';
import { Lanes } from '../../lib/rules/delivery/lanes.js';
import { mayEnd } from '../../lib/rules/delivery/step.js';
import type { Settlement } from '../../lib/rules/settlement.js';
import { Alarms } from './alarms.js';
import { Calls } from './calls.js';
import type { DeliverDeps } from './deliver-deps.js';
import { Holds } from './holds.js';
import { LaneSpool } from './lane-spool.js';
import { Turns } from './turns.js';

const look: LaneEvent = { kind: 'look' };
const time: LaneEvent = { kind: 'time' };
const back: LaneEvent = { kind: 'back' };

/** Dependencies of {@link Loop}. */
export interface LoopDeps extends DeliverDeps {
  readonly out: Subscriber<Settlement>;
  /** Called when everything posted has been handled. */
  readonly rested: () => void;
}

/** Runs the lanes: each event is a step of one lane, or of every lane, and its effects are carried out in order. */
export class Loop {
  /** What the lanes know about the rest. */
  readonly moment: { -readonly [Key in keyof Moment]: Moment[Key] };
  readonly fairness: Fairness | undefined;
  readonly holds: Holds | undefined;
  /** Number of waiting QoS 0 messages. */
  waitingQos0 = 0;
  readonly #deps: LoopDeps;
  readonly #lanes = new Lanes();
  readonly #gate: Gate<Lane>;
  readonly #turns: Turns<Lane>;
  readonly #calls: Calls;
  readonly #alarms: Alarms<Lane>;
  readonly #laneSpool: LaneSpool | undefined;
  #stepping: Lane | undefined;
  readonly #serve = (lane: Lane): void => this.step(lane, look);
  readonly #isOver = (): boolean => this.#deps.out.closed;

  constructor(deps: LoopDeps) {
    const { spool, scheduler, out } = deps;
    const error = (bug: unknown): void => out.error(bug);
    const post = (lane: Lane, event: LaneEvent): void => this.post(() => this.step(lane, event));
    this.#deps = deps;
    this.#gate = new Gate(deps.callsInFlight);
    this.#turns = new Turns(this.#gate);
    this.#calls = new Calls({ ...deps, gate: this.#gate, error });
    this.#alarms = new Alarms(scheduler, (lane) => post(lane, time));
    this.#laneSpool = spool && new LaneSpool({ spool: spool.spool, post, error });
    this.holds = deps.holds && new Holds(deps.holds);
    this.fairness = spool && new Fairness(spool.rules);
    this.moment = {
      rules: { ...deps, maxAgeMs: spool?.rules.maxAgeMs ?? Number.POSITIVE_INFINITY },
      now: scheduler.now(),
      decide: undefined,
      hasSlot: true,
      hasSpool: spool !== undefined,
      stopping: false,
      servedAt: Number.NEGATIVE_INFINITY,
      held: 0,
      // Carried out at once; events that result from it are posted, and run after this step.
      effects: { push: (effect) => this.#carryOut(effect) },
    };
  }

  /** Lanes that have messages. */
  get lanes(): readonly Lane[] {
    return this.#lanes.busy;
  }

  /** True when no lane has a message. */
  get isEmpty(): boolean {
    return this.#lanes.rest;
  }

  /** True when the daemon may end: no call in flight, no write under way, nothing half delivered and unrecorded. */
  get mayEnd(): boolean {
    return this.#gate.idle && this.lanes.every(mayEnd);
  }

  /** The lane of an integration, created if needed. */
  laneOf(integration: string): Lane {
    return this.#lanes.of(integration, this.moment.now);
  }

  /**
   * Handles an event now, or in its turn if another one is being handled; `moment.now` is the time at which it runs.
   */
  post(happening: () => void): void {
    if (this.#turns.isServing) {
      this.#turns.post(happening);
      return;
    }
    this.moment.now = this.#deps.scheduler.now();
    this.#turns.serve(happening, this.#serve, this.#isOver);
    if (!this.#isOver()) this.#deps.rested();
  }

  /** Steps each of these lanes with an event. */
  toEach(lanes: readonly Lane[], event: LaneEvent): void {
    for (const lane of lanes) this.step(lane, event);
  }

  /** Steps a lane with an event. Only within `post`. */
  step(lane: Lane, event: LaneEvent): void {
    const { moment } = this;
    moment.hasSlot = this.#gate.isOpen;
    if (event.kind === 'look') this.#alarms.clear(lane);
    this.#stepping = lane;
    this.#lanes.step(lane, event, moment);
    this.holds?.stepped(lane, moment.now);
  }

  close(): void {
    this.#calls.close();
    this.#alarms.close();
    this.#laneSpool?.close();
  }

  #carryOut(effect: LaneEffect): void {
    const lane = this.#stepping;
    if (lane === undefined || this.#isOver()) return;
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
        this.#laneSpool?.store(lane, effect.jobs, effect.pinned);
        break;
      case 'take':
        this.#laneSpool?.take(lane, effect.most);
        break;
      case 'free':
        this.#laneSpool?.free(effect.id);
        break;
      case 'note':
        this.#laneSpool?.note(effect.id, effect.job);
    }
  }

  #call(lane: Lane, call: Call): void {
    this.#calls.make(call, (outcome) =>
      this.post(() => {
        if (outcome.kind === 'accepted') this.moment.servedAt = this.moment.now;
        this.step(lane, { kind: 'answered', call, outcome });
        if (outcome.kind === 'away') this.#calls.away((failedProbes) => this.#back(failedProbes));
      }),
    );
  }

  /** If the first probe succeeded, cvmain was barely away: nothing to do. */
  #back(failedProbes: number): void {
    this.post(() => {
      if (failedProbes > 0) this.toEach(this.lanes, back);
    });
  }

  /** A QoS 0 message counts as waiting until it has ended or is in the spool. */
  #settle(settlement: Settlement, job?: Job): void {
    if (job !== undefined) {
      this.fairness?.settled(job, this.moment.now);
      const isFirst = settlement.kind === 'spooled' || job.spoolId === undefined;
      if (isFirst && settlement.publish.qos === 0) this.waitingQos0 -= 1;
    }
    this.#deps.out.next(settlement);
  }
}
