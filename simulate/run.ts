import { recovered } from '../lib/storage/spool/recovered.js';
import { plural } from '../lib/util/plural.js';
import { Audit } from './audit.js';
import { Agenda } from './engine/agenda.js';
import { Chance } from './engine/chance.js';
import { Faults } from './faults.js';
import { forgetOrder } from './forgetting.js';
import { type Invariant, Ledger, type Sent, type Violation } from './ledger.js';
import type { Life } from './life.js';
import { ModelBroker } from './model/broker.js';
import { ModelCvmain } from './model/cvmain.js';
import { ModelDisk } from './model/disk.js';
import { Site, tokenOf } from './model/site.js';
import { paths, wholeLines } from './on-disk.js';
import { isSend, type Moment, type Plan, type Planned } from './plan.js';
import { Processes } from './processes.js';
import { Strikes, type Struck } from './strikes.js';
import type { Row, TraceEvent } from './trace.js';
import { Waiting } from './waiting.js';
import { brokerDeps, cvmainWatch } from './watches.js';
import { settledBy } from './window-time.js';

/** Options of a run. */
export interface RunOptions {
  /** Invariants that are not checked. */
  readonly ignored?: ReadonlySet<Invariant>;
  /** Gets each event of the run, for the diagram. */
  readonly trace?: (event: TraceEvent) => void;
}

/** Result of a run. */
export interface RunResult {
  readonly violation: Violation | undefined;
  readonly steps: number;
  /** Virtual time, ms. */
  readonly ms: number;
  readonly messages: number;
  readonly strikes: Readonly<Record<string, Struck>>;
}

/** More steps than this in a run are a storm. */
const maxSteps = 200_000;

const addresses = ['mqtt://a.example:1883', 'mqtt://b.example:1883'] as const;

/** Runs a plan step by step. */
export class Run {
  readonly plan: Plan;
  readonly agenda = new Agenda();
  readonly chance: Chance;
  readonly ledger = new Ledger();
  readonly strikes = new Strikes();
  readonly site: Site;
  readonly disk: ModelDisk;
  readonly cvmain: ModelCvmain;
  readonly brokers: readonly [ModelBroker, ModelBroker];
  readonly audit: Audit;
  readonly #waiting: Waiting;
  readonly #faults: Faults;
  readonly #trace: RunOptions['trace'];
  readonly processes = new Processes(this);
  /** Index of the broker that the unit should use. */
  brokerAt: 0 | 1 = 0;
  netOutUntil = 0;
  #ended: 'no' | 'settled' | 'over' = 'no';

  constructor(plan: Plan, { ignored = new Set(), trace }: RunOptions = {}) {
    this.plan = plan;
    this.#trace = trace;
    const { agenda, ledger } = this;
    this.chance = new Chance(plan.seed);
    this.site = new Site(agenda, plan.settings, plan.toExternal);
    this.disk = new ModelDisk({
      agenda,
      chance: Chance.of(plan.seed, 1),
      ms: plan.diskMs,
      moment: (moment) => this.moment(moment),
      struck: (kind) => this.strikes.mattered(kind),
    });
    this.audit = new Audit({
      agenda,
      ledger,
      disk: this.disk,
      site: this.site,
      ignored,
      isSpoolOpen: () => this.life?.isSpoolOpen ?? false,
      startedAt: () => this.life?.startedAt ?? 0,
      uptimeMs: () => this.life?.time.now() ?? 0,
    });
    const speeds = new Map(plan.apps.map(({ name, answersIn }) => [name, answersIn]));
    this.cvmain = new ModelCvmain({
      agenda,
      chance: Chance.of(plan.seed, 2),
      ledger,
      answersIn: (app) => speeds.get(app) ?? 1,
      watch: cvmainWatch(this),
    });
    this.brokers = [new ModelBroker(brokerDeps(this, 'A')), new ModelBroker(brokerDeps(this, 'B'))];
    for (const each of this.brokers) each.token = tokenOf(1);
    this.#faults = new Faults(this);
    this.#waiting = new Waiting(this);
    this.site.logIn(addresses[0], tokenOf(1));
    for (const { name, registeredFrom } of plan.apps) {
      if (registeredFrom === 0) this.site.register(name);
      else if (Number.isFinite(registeredFrom)) agenda.in(registeredFrom, () => this.site.register(name));
    }
    for (const planned of plan.events) agenda.in(planned.at, () => this.#happens(planned));
    agenda.in(plan.calmAt, () => this.#faults.calm());
    this.processes.start();
  }

  /** Runs the plan to its end. */
  run(): RunResult {
    const { agenda, audit } = this;
    while (audit.violation === undefined && this.#ended !== 'over') {
      if (!agenda.step()) break;
      audit.afterStep();
      if (agenda.steps > maxSteps) audit.fail('busy', `${agenda.steps} steps in ${agenda.now} ms`);
      const lateMs = agenda.now - settledBy(this);
      if (lateMs > 0 && this.#ended === 'no') audit.fail('deaf', this.#waiting.left());
      if (lateMs > 60_000) break;
    }
    return {
      violation: audit.violation,
      steps: agenda.steps,
      ms: agenda.now,
      messages: this.ledger.all.length,
      strikes: this.strikes.counts,
    };
  }

  /** The daemon's running process, or the last one. */
  get life(): Life | undefined {
    return this.processes.life;
  }

  /** True once everything has settled: no process is started any more. */
  get hasSettled(): boolean {
    return this.#ended !== 'no';
  }

  get isTraced(): boolean {
    return this.#trace !== undefined;
  }

  note(row: Row, what: string, sent?: Sent): void {
    this.#trace?.({
      at: this.agenda.now,
      step: this.agenda.steps,
      row,
      what,
      ...(sent === undefined ? {} : { message: sent.id }),
    });
  }

  get broker(): ModelBroker {
    return this.brokers[this.brokerAt];
  }

  moveTo(at: 0 | 1): void {
    if (at !== this.brokerAt) forgetOrder(this, ({ inMemory }) => inMemory === 0);
    this.brokerAt = at;
    this.site.logIn(addresses[at], tokenOf(this.cvmain.token));
  }

  /** A moment has come at which a fault may strike. */
  moment(moment: Moment): void {
    this.#faults.moment(moment);
  }

  /** Everything has settled: stops the process a last time. */
  settled(): void {
    if (this.#ended !== 'no') return;
    this.#ended = 'settled';
    if (this.life?.connection?.isGood && this.audit.unacked > 0)
      this.audit.fail('left', `${plural(this.audit.unacked, 'publish', 'publishes')} unacknowledged`);
    this.processes.terminate(() => {
      const { waiting } = recovered(wholeLines(this.disk.content(paths.spool)), () => undefined);
      if (waiting.length > 0) this.audit.fail('left', `${plural(waiting.length, 'message')} in the spool`);
      this.#ended = 'over';
    });
  }

  #happens(planned: Planned): void {
    if (isSend(planned)) {
      const { what } = planned;
      const sent = this.ledger.send(what, this.agenda.now);
      this.note('server', `sends ${sent.name}, QoS ${what.qos}`, sent);
      this.broker.publish(sent);
      if (what.twice) this.broker.publish(sent);
    } else if (this.agenda.now < this.plan.calmAt) {
      this.#faults.due(planned);
    }
  }
}
