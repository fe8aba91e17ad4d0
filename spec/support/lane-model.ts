import { expect } from 'chai';
import type { Job } from '../../lib/rules/delivery/job.js';
import { isResting, type Lane, newLane, renew } from '../../lib/rules/delivery/lane.js';
import type { Call, LaneEffect, LaneEvent } from '../../lib/rules/delivery/lane-event.js';
import type { Outcome } from '../../lib/rules/delivery/outcome.js';
import { step } from '../../lib/rules/delivery/step.js';
import { LaneDisk, seqOf } from './lane-disk.js';
import { decisions, newMoment } from './lane-moment.js';
import { jobOf } from './lanes.js';

/** What happens next in a model run. */
export type Happening =
  | { readonly do: 'arrive' | 'turn' | 'must-spool' | 'crash' | 'back' }
  | { readonly do: 'answer'; readonly outcome: Outcome['kind'] }
  | { readonly do: 'write' | 'read'; readonly works: boolean }
  | { readonly do: 'set'; readonly to: 'unknown' | 'registered' | 'unregistered' }
  | { readonly do: 'slot'; readonly free: boolean }
  | { readonly do: 'pass'; readonly ms: number };

/** One lane without a scheduler, with a disk and a broker that resends unacknowledged messages after a crash. */
export class LaneModel {
  readonly #disk = new LaneDisk();
  readonly #broker = new Set<number>();
  readonly #settled = new Set<number>();
  readonly #called: number[] = [];
  #lane: Lane = newLane('int1', 0);
  readonly #effects: LaneEffect[] = [];
  #moment = newMoment(0, this.#effects);
  #call: Call | undefined;
  #isDue = false;
  #queued = false;
  #writing: Extract<LaneEffect, { kind: 'store' }> | undefined;
  #reading: number | undefined;
  #sent = 0;

  /** Lets something happen if it can, and checks the invariants. */
  happen(what: Happening): void {
    const moment = this.#moment;
    switch (what.do) {
      case 'arrive':
        this.#sent += 1;
        this.#broker.add(this.#sent);
        this.#receive(this.#sent);
        break;
      case 'turn':
        if (this.#isDue || (this.#queued && moment.hasSlot)) this.#look();
        break;
      case 'must-spool':
        this.#step({ kind: 'must-spool' });
        break;
      case 'back':
        this.#step({ kind: 'back' });
        break;
      case 'answer':
        this.#answer(what.outcome);
        break;
      case 'write':
        this.#write(what.works);
        break;
      case 'read':
        this.#read(what.works);
        break;
      case 'set':
        moment.decide = decisions[what.to];
        this.#step({ kind: 'set-changed' });
        break;
      case 'slot':
        moment.hasSlot = what.free;
        break;
      case 'pass':
        moment.now += what.ms;
        if (moment.now >= this.#lane.wakeAt && this.#lane.state !== 'for-answer')
          this.#step({ kind: 'time' });
        break;
      case 'crash':
        this.#crash();
    }
    this.#check();
  }

  /** Nothing fails any more: checks that all messages are settled. */
  calm(): void {
    this.happen({ do: 'set', to: 'registered' });
    this.happen({ do: 'slot', free: true });
    for (let n = 0; n < 2_000 && this.#settled.size < this.#sent; n += 1) {
      this.happen({ do: 'pass', ms: 100_000 });
      this.happen({ do: 'write', works: true });
      this.happen({ do: 'read', works: true });
      this.happen({ do: 'turn' });
      this.happen({ do: 'answer', outcome: 'accepted' });
    }
    expect(this.#settled.size, 'settled').to.equal(this.#sent);
    this.happen({ do: 'write', works: true });
    expect(this.#disk.seqs, 'on the disk').to.deep.equal([]);
    expect(this.#moment.held).to.equal(0);
  }

  #receive(seq: number): void {
    const { now } = this.#moment;
    if (isResting(this.#lane)) {
      renew(this.#lane, now);
      expect(this.#lane, 'as good as new').to.deep.equal(newLane('int1', now));
    }
    this.#step({ kind: 'arrived', job: jobOf(seq, `int1-${seq}`, now) });
  }

  #step(event: LaneEvent): void {
    step(this.#lane, event, this.#moment);
    for (const effect of this.#effects.splice(0)) this.#carryOut(effect);
  }

  #look(): void {
    this.#isDue = false;
    this.#queued = false;
    this.#step({ kind: 'look' });
  }

  #carryOut(effect: LaneEffect): void {
    if (effect.kind === 'due') this.#isDue = true;
    else if (effect.kind === 'queue') this.#queued = true;
    else if (effect.kind === 'withdraw') this.#queued = false;
    else if (effect.kind === 'store') this.#writing = effect;
    else if (effect.kind === 'take') this.#reading = effect.most;
    else if (effect.kind === 'free') this.#disk.free(effect.id);
    else if (effect.kind === 'call') {
      expect(this.#call, 'one call at a time').to.equal(undefined);
      const seq = seqOf(effect.job);
      expect(this.#settled.has(seq), 'is settled already').to.equal(false);
      if (!this.#called.includes(seq)) expect(seq, 'in order').to.be.above(this.#called.at(-1) ?? 0);
      if (!this.#called.includes(seq)) this.#called.push(seq);
      this.#call = effect;
    } else if (effect.kind === 'settle' && effect.job !== undefined)
      this.#settle(effect.settlement.kind, effect.job);
  }

  #settle(kind: string, job: Job): void {
    const seq = seqOf(job);
    if (kind === 'spooled' || job.spoolId === undefined)
      expect(this.#broker.delete(seq), `${seq} is settled for the broker once`).to.equal(true);
    if (kind === 'spooled') return;
    this.#settled.add(seq);
    if (job.spoolId !== undefined) this.#disk.free(job.spoolId);
  }

  #answer(outcome: Outcome['kind']): void {
    const call = this.#call;
    if (call === undefined) return;
    this.#call = undefined;
    const answer = outcome === 'accepted' ? { kind: outcome } : { kind: outcome, detail: '' };
    this.#step({ kind: 'answered', call, outcome: answer });
  }

  #write(works: boolean): void {
    const writing = this.#writing;
    if (writing === undefined) return;
    this.#writing = undefined;
    const ids = works ? this.#disk.store(writing.jobs, writing.pinned) : [];
    this.#step(works ? { kind: 'stored', ids } : { kind: 'store-failed' });
  }

  #read(works: boolean): void {
    const most = this.#reading;
    if (most === undefined) return;
    this.#reading = undefined;
    this.#step(works ? { kind: 'taken', ...this.#disk.take(most) } : { kind: 'take-failed' });
  }

  /** Loses the write in progress, and everything in memory. */
  #crash(): void {
    const { decide } = this.#moment;
    this.#lane = newLane('int1', this.#moment.now);
    this.#moment = { ...newMoment(this.#moment.now, this.#effects), decide };
    this.#call = undefined;
    this.#isDue = false;
    this.#queued = false;
    this.#writing = undefined;
    this.#reading = undefined;
    this.#disk.putBack();
    if (this.#disk.seqs.length > 0) this.#step({ kind: 'found-on-disk' });
    for (const seq of this.#broker) this.#receive(seq);
  }

  #check(): void {
    const { front, rest, isOnDisk, held } = this.#lane;
    if (!isOnDisk) expect(rest).to.deep.equal([]);
    const stored = this.#disk.seqs.filter((seq) => !this.#settled.has(seq));
    expect(stored, 'the disk is in order').to.deep.equal([...stored].sort((one, other) => one - other));
    const elsewhere = [...this.#broker].filter((seq) => !stored.includes(seq));
    expect(Math.max(0, ...stored), 'messages on the disk come first').to.be.below(
      Math.min(...elsewhere, 1e9),
    );
    const inMemory = [...front, ...rest].map(seqOf);
    expect(inMemory, 'in order').to.deep.equal([...inMemory].sort((one, other) => one - other));
    expect(held).to.equal(this.#moment.held);
  }
}
