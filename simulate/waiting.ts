import { recovered } from '../lib/storage/spool/recovered.js';
import type { Slot } from '../lib/storage/spool/spool-index.js';
import { spooledLines } from './forgetting.js';
import { hasEnded, isOneMissing, type Sent } from './ledger.js';
import { markOf, paths, wholeLines } from './on-disk.js';
import type { Run } from './run.js';
import { aheadMs, callMs } from './window-time.js';

/** Interval of the checks, ms. */
const everyMs = 2_000;

/** How long a healthy app may wait beyond the times of the settings, ms. */
const boundMs = 5_000;

/** Longest time until a failed write or read is tried again, as in `lib/rules/delivery/lane-disk.ts`, ms. */
const diskAgainMs = 10_000;

/** How late a spooled message may reach its age limit, ms. */
const ageSlackMs = 20_000;

/** Checks how long apps and messages have waited. */
export class Waiting {
  readonly #run: Run;
  #wasCalm = true;
  #calmSince = 0;
  /** Since when an app has had no fault of its own and made no progress, as seen at a check. */
  readonly #stillSince = new Map<string, { since: number; ended: number; isHealthy: boolean }>();
  #settledAt: number | undefined;
  #calls = 0;

  constructor(run: Run) {
    this.#run = run;
    run.agenda.in(everyMs, () => this.#look());
  }

  /** The unsettled messages as text. */
  left(): string {
    const { ledger, broker } = this.#run;
    const waiting = new Set(broker.waiting);
    const open = ledger.all.filter((sent) => this.#isOpen(sent) || isOneMissing(sent) || waiting.has(sent));
    const where = (sent: Sent): string =>
      `${sent.name} (${sent.inSpool ? 'spooled' : sent.receivedAt === undefined ? 'not received' : 'received'}${waiting.has(sent) ? ', with the broker' : ''})`;
    return `${open.length} are not at their end: ${open.slice(0, 5).map(where).join(', ')}`;
  }

  #look(): void {
    const run = this.#run;
    const { agenda, audit, plan, disk } = run;
    agenda.in(everyMs, () => this.#look());
    const calls = disk.calls - this.#calls;
    this.#calls = disk.calls;
    if (calls > 1_000) audit.fail('busy', `the disk was called ${calls} times in 2 s`);
    const isCalm = this.#isCalm();
    if (!isCalm || !this.#wasCalm) this.#calmSince = agenda.now;
    this.#wasCalm = isCalm;
    this.#lookAtApps();
    if (audit.isSpoolBroken) this.#lookForLost();
    if (agenda.now < plan.calmAt) return;
    if (!run.broker.isIdle || run.ledger.all.some((sent) => this.#isOpen(sent) || isOneMissing(sent)))
      this.#settledAt = undefined;
    else {
      this.#settledAt ??= agenda.now;
      // The spool notes what is settled and drops duplicates.
      const waitedMs = agenda.now - this.#settledAt;
      if (waitedMs >= (this.#spooled().length > 0 ? 60_000 : 3_000)) run.settled();
    }
  }

  #spooled(): readonly Slot[] {
    return recovered(wholeLines(this.#run.disk.content(paths.spool)), () => undefined).waiting;
  }

  /** True if the message still has to be settled. */
  #isOpen(sent: Sent): boolean {
    const { site } = this.#run;
    if (hasEnded(sent, site.toExternal) || sent.letterLost) return false;
    if (sent.inSpool || sent.acked) return true;
    // A broker that loses its session leaves to the daemon what it has received.
    return sent.send.qos !== 0 && (!sent.lost || sent.inMemory > 0);
  }

  #isCalm(): boolean {
    const { life, broker, brokerAt, cvmain, disk, agenda, netOutUntil } = this.#run;
    return (
      life?.isAlive === true &&
      !life.stopping &&
      broker.connection?.isGood === true &&
      broker.subscribeFails === undefined &&
      // Messages at the first broker wait for the unit's return.
      brokerAt === 0 &&
      cvmain.isHealthy &&
      disk.isHealthy &&
      agenda.now >= disk.failedAt + diskAgainMs &&
      agenda.now >= netOutUntil
    );
  }

  /** Looks for messages that were acknowledged when spooled and are no longer there. */
  #lookForLost(): void {
    const { audit, disk, ledger, site } = this.#run;
    const content = wholeLines(disk.content(paths.spool));
    const waiting = recovered(content, () => undefined).waiting.map(({ offset, bytes }) =>
      content.toString('utf8', offset, offset + bytes),
    );
    for (const sent of ledger.all) {
      if (!sent.inSpool || !(sent.acked || sent.lost) || hasEnded(sent, site.toExternal)) continue;
      if (!waiting.some((line) => line.includes(markOf(sent))))
        audit.fail('lost', `${sent.name} was spooled and is no longer in the spool`);
    }
  }

  #lookAtApps(): void {
    const { agenda, audit, brokerAt, brokers, cvmain, disk, ledger, plan, site } = this.#run;
    const { settings } = site;
    // A broker that is not in use keeps its messages.
    const elsewhere = new Set(brokers[brokerAt === 0 ? 1 : 0].waiting);
    const spoolHasRoom = settings.spool_max_bytes > 100_000;
    const file = disk.content(paths.spool).length;
    for (const { name } of plan.apps) {
      const own = ledger.all.filter(({ send }) => send.to === name);
      const ended = audit.progress.get(name) ?? 0;
      const isHealthy =
        site.registeredSince(name) !== undefined &&
        !site.isSetBroken &&
        !cvmain.troubles.has(name) &&
        (!name.startsWith('vg:') || settings.reserved_integrations.includes(name)) &&
        !own.some(({ send }) => send.poison !== undefined && send.poison !== 'refused');
      const oldest = own.find((sent) => sent.send.qos !== 0 && this.#isOpen(sent) && !elsewhere.has(sent));
      const still = this.#stillSince.get(name);
      if (!isHealthy || oldest === undefined || still?.isHealthy !== true || still.ended !== ended)
        this.#stillSince.set(name, { since: agenda.now, ended, isHealthy });
      else if (spoolHasRoom && file < settings.spool_max_bytes / 2) {
        const since = Math.max(still.since, this.#calmSince, oldest.at);
        const waitedMs = agenda.now - since;
        const bound = boundMs + settings.retry_max_ms + callMs(this.#run, name);
        if (waitedMs > bound && waitedMs > bound + aheadMs(this.#run, oldest, since))
          audit.fail('starved', `${oldest.name} has waited for ${Math.round(waitedMs)} ms`);
      }
      for (const sent of own) {
        if (!sent.inSpool || !this.#isOpen(sent) || sent.receivedAt === undefined) continue;
        const agedAt = sent.receivedAt + settings.spool_max_age_s * 1_000;
        // It may have been spooled later than that, with its first receipt.
        const late = agenda.now - Math.max(agedAt, sent.settledAt ?? 0, this.#calmSince);
        if (late > ageSlackMs && !this.#isBehindYounger(sent, own))
          audit.fail('ageing', `${sent.name} is ${Math.round(late)} ms past its age`);
      }
    }
  }

  /** True if a copy that was received later is before it in the spool: it leaves behind that one. */
  #isBehindYounger(sent: Sent, own: readonly Sent[]): boolean {
    const content = wholeLines(this.#run.disk.content(paths.spool));
    return own.some(
      (each) =>
        each.order < sent.order &&
        (each.receivedAt ?? 0) > (sent.firstReceivedAt ?? 0) &&
        spooledLines(content, each) > 0,
    );
  }
}
