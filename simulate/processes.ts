import type { Clock } from '../lib/clock/clock.js';
import { forgetOrder, forgetUnspooled, mayRepeat, mayRepeatSpooled } from './forgetting.js';
import { Life } from './life.js';
import { ModelConnection } from './model/connection.js';
import type { Run } from './run.js';
import { connectionWatch, reported } from './watches.js';

/** The wall clock at the start, ms since 1970. */
const epoch = 1_790_000_000_000;

/**
 * Time that a process may take to end in addition to its grace time, ms: it disconnects and closes its files.
 */
const endsWithinMs = 3_000;

/** The consecutive processes of the daemon, and the system that they run on. */
export class Processes {
  readonly #run: Run;
  life: Life | undefined;
  /** Error of the wall clock, ms. */
  clockMs = 0;
  #bootAt = -60_000;
  /** When the running daemon was started, ms. */
  #daemonAt = 0;
  /** Called when the process has ended on request. */
  #then: (() => void) | undefined;

  constructor(run: Run) {
    this.#run = run;
  }

  /** Starts a process if none runs. */
  start(): void {
    const run = this.#run;
    if (this.life?.isAlive || run.hasSettled) return;
    const { agenda, chance, site, disk, cvmain, brokers, plan } = run;
    run.note('daemon', 'starts');
    run.audit.processStarts();
    this.life = new Life({
      agenda,
      chance,
      site,
      disk,
      cvmain,
      openConnection: (deps, options, events) =>
        new ModelConnection(
          {
            ...deps,
            agenda,
            chance,
            now: () => this.#wall,
            broker: brokers[options.address.host === 'a.example' ? 0 : 1],
            isNetOut: () => agenda.now < run.netOutUntil,
            ms: plan.packetMs,
            watch: connectionWatch(run),
          },
          options,
          events,
        ),
      clock: this.#clock(),
      report: (event) => reported(run, event),
      daemonStarts: (config) => {
        // By the settings of the run that ended.
        mayRepeat(run);
        site.inUse = config;
        if (disk.failedAt >= this.#daemonAt) mayRepeatSpooled(run);
        this.#daemonAt = agenda.now;
        const elsewhere = run.brokers[run.brokerAt === 0 ? 1 : 0].waiting;
        forgetOrder(run, (sent) => plan.broker.resendsLast || elsewhere.includes(sent));
        run.audit.daemonStarts();
      },
      stuck: (what) => run.audit.fail('stuck', `${what} did not move`),
      ended: (how, error) => this.#ended(how, error),
    });
  }

  /** SIGTERM: the process must end within its grace time. */
  terminate(then: () => void): void {
    const { life } = this;
    const { agenda, site, disk, audit } = this.#run;
    if (life === undefined || !life.isAlive) {
      then();
      return;
    }
    this.#then = then;
    life.stop();
    const graceMs = site.settings.shutdown_grace_ms + endsWithinMs + disk.slowMs * 20;
    agenda.in(graceMs, () => {
      if (life.isAlive && this.life === life)
        audit.fail('stop', `the process still runs after ${graceMs} ms`);
    });
  }

  /** SIGKILL or a power cut. */
  kill(powerToo: boolean): void {
    const { agenda, disk, ledger } = this.#run;
    this.#then = undefined;
    this.life?.kill(powerToo);
    if (powerToo) {
      this.#bootAt = agenda.now;
      for (const sent of ledger.all) {
        sent.bootIsOver ||= sent.firstReceivedAt !== undefined;
        // If no clock gives its age, the age counts from here.
        if (sent.receivedAt !== undefined) sent.receivedAt = agenda.now;
      }
      disk.powerCut();
    } else disk.killed();
    this.#run.audit.crashed();
    forgetUnspooled(this.#run, true);
  }

  #ended(how: 'stopped' | 'failed', error: unknown): void {
    const { life } = this;
    const { audit, agenda } = this.#run;
    this.#run.note('daemon', `ends: ${how}`);
    if (how === 'failed')
      audit.fail('bug', error instanceof Error ? (error.stack ?? error.message) : 'unknown');
    else if (this.#then === undefined) audit.fail('bug', 'the process ended by itself');
    forgetUnspooled(this.#run, false);
    const then = this.#then;
    this.#then = undefined;
    agenda.in(1, () => {
      if (life !== undefined) audit.processEnded(life);
      then?.();
    });
  }

  /** The clock of this boot. */
  #clock(): Clock {
    const { agenda, plan } = this.#run;
    const bootAt = this.#bootAt;
    return {
      boot: `boot ${bootAt}`,
      uptimeMs: () => agenda.now - bootAt,
      wallMs: () => this.#wall,
      isSynchronised: () => plan.timeServer && this.clockMs === 0,
    };
  }

  get #wall(): number {
    return Math.round(epoch + this.#run.agenda.now + this.clockMs);
  }
}
