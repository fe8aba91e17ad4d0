import type { DaemonEvent } from '../lib/log/event.js';
import type { Outcome } from '../lib/rules/delivery/outcome.js';
import type { Settlement } from '../lib/rules/settlement.js';
import type { Target } from '../lib/rules/target.js';
import { plural } from '../lib/util/plural.js';
import type { AuditDeps } from './audit-deps.js';
import { forgetReceipt, hasEnded, type Invariant, type Ledger, type Sent, type Violation } from './ledger.js';
import type { Life } from './life.js';
import type { ModelConnection } from './model/connection.js';
import type { Copy } from './model/session.js';
import { markOf, paths } from './on-disk.js';
import { Order } from './order.js';
import { Unacknowledged } from './unacknowledged.js';
import { isGivenUp, wrongCall, wrongDeadLetter } from './verdict.js';

const targetKinds = ['notifier', 'external'] as const;

/** Checks the invariants at each step and keeps the first violation. */
export class Audit {
  readonly #deps: AuditDeps;
  readonly #unacked = new Unacknowledged();
  /** Publishes acknowledged in this step. */
  readonly #acked: Sent[] = [];
  readonly #settled = new Set<string>();
  readonly #order = new Order();
  #daemon = 0;
  /** Settlements that this process reported. */
  readonly counted = { settled: 0, lost: 0 };
  /** Number of settlements by app. */
  readonly progress = new Map<string, number>();
  violation: Violation | undefined;
  /** The daemon has reported a broken spool. */
  isSpoolBroken = false;

  constructor(deps: AuditDeps) {
    this.#deps = deps;
  }

  /** Number of publishes received on the latest connection and not acknowledged. */
  get unacked(): number {
    return this.#unacked.size;
  }

  fail(invariant: Invariant, detail: string): void {
    const { agenda, ignored } = this.#deps;
    if (this.violation !== undefined || ignored.has(invariant)) return;
    this.violation = { invariant, detail, at: agenda.now, step: agenda.steps };
  }

  /** A new daemon starts with a memory of its own. */
  daemonStarts(): void {
    this.#daemon += 1;
    for (const sent of this.#deps.ledger.all) sent.inMemory = 0;
  }

  /** The process was killed: what later messages had passed was given up, but its dead letter may be lost. */
  crashed(): void {
    for (const sent of this.#deps.ledger.all)
      sent.mayComeLate ||= targetKinds.some((target) => this.#order.isPast(sent, target));
  }

  processStarts(): void {
    this.counted.settled = 0;
    this.counted.lost = 0;
    this.#unacked.connected(undefined);
  }

  /** A process ended on request: compares its counters with the events. */
  processEnded({ time, tally }: Pick<Life, 'time' | 'tally'>): void {
    if (time.pending > 0) this.fail('stop', `${plural(time.pending, 'timer')} left`);
    const counted = Object.values(tally).reduce((sum, n) => sum + n, 0) - tally.dead_letters_lost;
    if (counted !== this.counted.settled || tally.dead_letters_lost !== this.counted.lost)
      this.fail('counters', `the counters say ${counted}, the events ${this.counted.settled}`);
  }

  connected(connection: ModelConnection): void {
    // An acknowledgement into a dead connection is lost: the publish is new on the next one.
    for (const sent of this.#unacked.copies) forgetReceipt(sent);
    this.#unacked.connected(connection);
  }

  received({ sent, qos }: Copy, packetId: number | undefined, expiresInMs: number | undefined): void {
    const { agenda, ledger, site } = this.#deps;
    const isLate = this.#unacked.isCopyOfAcknowledged(packetId, sent);
    // The daemon may take it for an equal command, which it must not drop.
    if (isLate) forgetReceipt(sent);
    ledger.received(sent, agenda.now, expiresInMs);
    if (isLate) return;
    sent.isAgain ||= sent.inSpool || hasEnded(sent, site.toExternal);
    if (qos === 0 || packetId === undefined) return;
    this.#unacked.received(packetId, sent);
    const cap = site.settings.window_messages + 1;
    if (this.#unacked.size > cap) this.fail('over-cap', `${this.#unacked.size} unacknowledged, cap ${cap}`);
  }

  acknowledged(connection: ModelConnection, packetId: number): Sent | undefined {
    const sent = this.#unacked.acknowledged(connection, packetId);
    if ('due' in sent) {
      this.fail('ack-order', `PUBACK ${packetId}, but ${sent.due ?? 'nothing'} is due`);
      return undefined;
    }
    this.#acked.push(sent);
    sent.leftAt = this.#deps.agenda.now;
    return sent;
  }

  called(sent: Sent, target: Target): void {
    const { isSpoolOpen } = this.#deps;
    sent.isEarly ||= !isSpoolOpen();
    const wrong = wrongCall(this.#deps, sent, target);
    if (wrong !== undefined) this.fail(...wrong);
  }

  executed(sent: Sent, target: Target['kind'], waits: boolean): void {
    const notified = sent.notified[target];
    if (!waits) {
      notified.executed += 1;
      notified.mayRepeat = true;
      return;
    }
    if (notified.executed > 0 && !notified.mayRepeat && notified.copies-- <= 0)
      this.fail('twice', `${sent.name} was already executed for the ${target}`);
    notified.executed += 1;
    notified.mayRepeat = false;
    if (notified.executed > 1 || sent.send.qos === 0 || sent.send.retain || sent.deadLetter !== undefined)
      return;
    if (sent.order === 0 || sent.mayComeLate) return;
    const later = this.#order.notified(sent, target);
    if (later !== undefined && !isGivenUp(this.#deps, sent))
      this.fail('order', `${later} was executed before ${sent.name}`);
  }

  answered(sent: Sent, target: Target['kind'], outcome: Outcome): void {
    if (outcome.kind === 'refused') sent.mayComeLate = true;
    if (outcome.kind !== 'accepted') return;
    sent.notified[target].accepted = true;
    sent.notified[target].acceptances += 1;
  }

  /** Checks an event that the daemon reports. */
  reported(event: DaemonEvent): void {
    if (event.kind === 'dead-letter-lost') {
      const sent = sentOf(this.#deps.ledger, event.letter);
      if (sent !== undefined) sent.letterLost = true;
      this.counted.lost += 1;
    } else if (event.kind === 'spool-broken') this.isSpoolBroken = true;
    else if (event.kind === 'settled') this.#settledAs(event.settlement);
  }

  /** Checks what holds only at the end of a step. */
  afterStep(): void {
    if (this.#acked.length === 0) return;
    const { disk, site } = this.#deps;
    for (const sent of this.#acked.splice(0)) {
      if (hasEnded(sent, site.toExternal) || sent.letterLost) continue;
      const mark = markOf(sent);
      if (disk.flushed(paths.letters).includes(mark) || disk.flushed(paths.spool).includes(mark)) continue;
      this.fail('ack-early', `${sent.name} is acknowledged, but neither notified nor on the disk`);
    }
  }

  #settledAs(settlement: Settlement): void {
    const { disk, ledger, site } = this.#deps;
    this.counted.settled += 1;
    const key = `${this.#daemon} ${settlement.publish.seq}`;
    const sent = sentOf(ledger, settlement);
    if (sent === undefined) {
      this.fail('bug', `a settlement of a publish that was never sent: ${settlement.publish.topic}`);
      return;
    }
    this.progress.set(sent.send.to, (this.progress.get(sent.send.to) ?? 0) + 1);
    if (this.#settled.has(key))
      this.fail('settled-twice', `${sent.name} (${settlement.publish.seq}), now ${settlement.kind}`);
    this.#settled.add(key);
    sent.settledAt = this.#deps.agenda.now;
    if (settlement.publish.seq >= 0) sent.inMemory = Math.max(0, sent.inMemory - 1);
    const mark = markOf(sent);
    if (settlement.kind === 'notified') {
      const { notifier, external } = sent.notified;
      if (!notifier.accepted) this.fail('counters', `${sent.name} counts as notified, but was not`);
      else if (site.toExternal && !external.accepted)
        this.fail('half-delivered', `${sent.name} counts as notified, but not to both targets`);
    } else if (settlement.kind === 'spooled') {
      sent.inSpool = true;
      if (!disk.flushed(paths.spool).includes(mark))
        this.fail('ack-early', `${sent.name} counts as spooled, but is not flushed`);
    } else {
      if (!sent.letterLost && !disk.flushed(paths.letters).includes(mark))
        this.fail('counters', `${sent.name} counts as dead-lettered, but is not in the file`);
      const wrong = wrongDeadLetter(this.#deps, sent, settlement);
      if (wrong !== undefined)
        this.fail('given-up', `${sent.name}: ${settlement.reason} (${settlement.detail}), but ${wrong}`);
      sent.deadLetter = settlement.reason;
    }
  }
}

const sentOf = (ledger: Ledger, { publish: { payload } }: Pick<Settlement, 'publish'>): Sent | undefined =>
  'text' in payload ? ledger.withText(payload.text) : undefined;
