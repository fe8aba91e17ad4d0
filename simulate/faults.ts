import { hasEnded } from './ledger.js';
import type { Fault, Moment, PlannedFault } from './plan.js';
import type { Run } from './run.js';
import { raise, strikeBroker } from './strike-broker.js';
import { terminate } from './terminate.js';

/** Applies faults to a run. */
export class Faults {
  readonly #run: Run;

  /** Faults whose time has come and whose moment has not. */
  #armed: PlannedFault[] = [];

  constructor(run: Run) {
    this.#run = run;
  }

  /** The fault's time has come: it strikes now, or at its next moment. */
  due(planned: PlannedFault): void {
    if (planned.on === undefined) this.#strike(planned.what, undefined);
    else this.#armed.push(planned);
  }

  /** A moment has come at which a fault may strike. */
  moment(moment: Moment): void {
    if (this.#armed.length === 0) return;
    const armed = this.#armed.find(({ on }) => on === moment);
    if (armed === undefined) return;
    this.#armed = this.#armed.filter((each) => each !== armed);
    const { what } = armed;
    if (what.kind === 'kill' || what.kind === 'power-cut') this.#crash(what, moment, armed.turns ?? 0);
    // The daemon sees what its neighbours do in a later turn of the event loop.
    else this.#run.agenda.in(0, () => this.#strike(what, moment));
  }

  /** Crashes between two microtasks. */
  #crash(fault: Fault, moment: Moment, turns: number): void {
    const { life, strikes } = this.#run;
    if (turns > 0) void Promise.resolve().then(() => this.#crash(fault, moment, turns - 1));
    else if (life?.isAlive) {
      strikes.strike('between-microtasks', undefined, this.#held() > 0);
      this.#strike(fault, moment);
    }
  }

  #strike(fault: Fault, on: Moment | undefined): void {
    const run = this.#run;
    const { agenda, cvmain, site, disk } = run;
    const { kind } = fault;
    const held = this.#held();
    run.note(
      'fault',
      `${kind}${on === undefined ? '' : ` at ${on}`} ${JSON.stringify({ ...fault, kind: undefined })}`,
    );
    const count = (matters: boolean): void => run.strikes.strike(kind, on, matters);
    switch (fault.kind) {
      case 'kill':
      case 'power-cut':
        if (!run.life?.isAlive) return;
        count(held > 0);
        if (fault.kind === 'power-cut') run.processes.clockMs += fault.clockMs;
        run.processes.kill(fault.kind === 'power-cut');
        agenda.in(fault.downMs, () => run.processes.start());
        return;
      case 'sigterm':
        agenda.in(0, () => {
          if (run.life?.isAlive !== true || run.life.stopping) return;
          count(this.#held() > 0);
          terminate(run, fault.downMs);
        });
        return;
      case 'sighup':
        agenda.in(0, () => {
          if (!run.life?.isAlive) return;
          count(this.#held() > 0);
          site.change(fault.settings);
        });
        return;
      case 'cut':
      case 'broker-restart':
      case 'session-lost':
      case 'subscribe-fails':
      case 'older-database':
      case 'token':
      case 'address':
        strikeBroker(run, fault, { count, held });
        return;
      case 'cvmain-restart':
        count(held > 0);
        cvmain.stop();
        agenda.in(fault.downMs, () => {
          cvmain.isDown = false;
        });
        return;
      case 'cvmain-hang':
        count(held > 0);
        cvmain.hangs = true;
        agenda.in(fault.forMs, () => this.#unhang());
        return;
      case 'cvmain-slow-version':
        count(held > 0);
        cvmain.versionMs = 3_000;
        agenda.in(fault.forMs, () => {
          cvmain.versionMs = 0;
        });
        return;
      case 'app-trouble':
        count(this.#held(fault.app) > 0);
        cvmain.troubles.set(fault.app, fault.how);
        if (fault.how === 'refuses') site.mayRefuse.add(fault.app);
        agenda.in(fault.forMs, () => {
          cvmain.troubles.delete(fault.app);
          cvmain.goOn();
        });
        return;
      case 'disk-full':
        count(false);
        disk.space.room = fault.room;
        agenda.in(fault.forMs, () => {
          disk.space.room = Number.POSITIVE_INFINITY;
        });
        return;
      case 'disk-fails':
        count(false);
        disk.fail(fault);
        return;
      case 'disk-slow':
        count(false);
        disk.slowMs = fault.ms;
        agenda.in(fault.forMs, () => {
          disk.slowMs = 0;
        });
        return;
      case 'clock':
        count(held > 0);
        run.processes.clockMs += fault.byMs;
        return;
      case 'unregister':
        count(this.#held(fault.app) > 0);
        site.unregister(fault.app);
        agenda.in(fault.forMs, () => site.register(fault.app));
        return;
      case 'set-broken':
      case 'set-gone':
        count(held > 0);
        site.breakSet(fault.kind === 'set-gone' ? 'gone' : 'broken');
        agenda.in(fault.forMs, () => site.mendSet());
    }
  }

  /** Ends all faults at once. */
  calm(): void {
    const run = this.#run;
    const { cvmain, site, disk } = run;
    run.note('fault', 'all faults are over');
    this.#armed = [];
    disk.heal();
    run.netOutUntil = 0;
    for (const each of run.brokers) each.subscribeFails = undefined;
    raise(run);
    cvmain.isDown = false;
    cvmain.versionMs = 0;
    cvmain.troubles.clear();
    // A message that doesn't age must be accepted one day.
    const { spool_max_age_s, spool_max_bytes } = site.written;
    cvmain.poisonIsOver = spool_max_age_s > 120 || spool_max_bytes < 100_000;
    this.#unhang();
    site.mendSet();
    // Messages at the other broker stay there.
    for (const sent of run.brokers[1].waiting) sent.lost = true;
    run.moveTo(0);
    if (!run.life?.stopping) run.processes.start();
  }

  #unhang(): void {
    this.#run.cvmain.hangs = false;
    this.#run.cvmain.goOn();
  }

  /** Number of messages in the daemon that are not settled. */
  #held(app?: string): number {
    const { ledger, site } = this.#run;
    return ledger.all.filter(
      (sent) =>
        sent.receivedAt !== undefined &&
        !hasEnded(sent, site.toExternal) &&
        (app === undefined || sent.send.to === app),
    ).length;
  }
}
