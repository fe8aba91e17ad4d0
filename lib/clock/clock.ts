import { randomUUID } from 'node:crypto';

/** The clocks that ages count by (docs/architecture.md#decision-17). */
export interface Clock {
  /** Names this boot of the system: uptimes compare within one boot only. */
  readonly boot: string;
  /** Time since the boot, asleep or awake, ms: no step of the wall clock moves it, and it never goes back. */
  uptimeMs(): number;
  /** Wall clock, ms since the epoch. Years off on a board without a clock chip, until a time server sets it. */
  wallMs(): number;
  /** Whether the wall clock is known to be right. False where nothing says so. */
  isSynchronised(): boolean;
}

/** What a {@link Clock} is made of; times in ms. */
export interface ClockSource {
  /** The system's name for its boot; undefined where it has none. */
  readonly boot: string | undefined;
  /** Time since boot with the time asleep; costs a system call or two, and may be coarse, rounded down. */
  readonly uptimeMs: () => number;
  /** Time since boot without the time asleep, for a check of `uptimeMs`. */
  readonly awakeMs: () => number;
  /** Fine and cheap, from any origin; may stand still while the system sleeps. */
  readonly tickMs: () => number;
  readonly wallMs: () => number;
  /** When the wall clock was synchronised last, by its own reading; undefined where that is not known. */
  readonly synchronisedAt: () => number | undefined;
}

/** Clocks that differ by less are taken for equal, ms: well above what reading them one after the other takes. */
const toleranceMs = 1_000;

/** A change of the wall clock against the tick that is a step, not rounding, ms. */
const stepMs = 5;

/** The uptime is read again after this long awake: a step back could have hidden a sleep of the same length, ms. */
const rereadMs = 1_000;

/**
 * The clock of a source. Where the system does not name its boot, or its uptime is a container's and not the boot's, each
 * process counts as a boot of its own: what an earlier one stored has an unknown age.
 */
export const clockOf = (source: ClockSource): Clock => {
  const { tickMs, wallMs, synchronisedAt } = source;
  const isOfBoot = source.uptimeMs() >= source.awakeMs() - toleranceMs;
  const boot = isOfBoot ? source.boot : undefined;
  const offset = (): number => (boot === undefined ? 0 : source.uptimeMs() - tickMs());
  let offsetMs = offset();
  let wallOffsetMs = wallMs() - tickMs();
  let readAt = tickMs();

  return {
    boot: boot ?? randomUUID(),
    uptimeMs: () => {
      const tick = tickMs();
      const wallOffset = wallMs() - tick;
      // Sleep moves the wall clock against the tick, as a step does; asking each time would cost microseconds a message.
      if (Math.abs(wallOffset - wallOffsetMs) > stepMs || tick - readAt >= rereadMs) {
        wallOffsetMs = wallOffset;
        readAt = tick;
        offsetMs = Math.max(offsetMs, offset());
      }
      return tick + offsetMs;
    },
    wallMs,
    isSynchronised: () => {
      const at = synchronisedAt();
      return at !== undefined && at <= wallMs() + toleranceMs;
    },
  };
};
