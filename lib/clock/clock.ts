import { randomUUID } from 'node:crypto';

/** The clocks for message ages (docs/architecture.md#decision-17). */
export interface Clock {
  /** Identifies this boot: uptimes compare within one boot only. */
  readonly boot: string;
  /** Time since boot, asleep or awake, ms: independent of the wall clock, never goes back. */
  uptimeMs(): number;
  /** Wall clock, ms since the epoch. Without a clock chip it is years off until a time server sets it. */
  wallMs(): number;
  /** True if the wall clock is known to be synchronised. */
  isSynchronised(): boolean;
}

/** Sources of a {@link Clock}; times in ms. */
export interface ClockSource {
  /** The boot id of the system; undefined if unknown. */
  readonly boot: string | undefined;
  /** Time since boot, with time asleep; costs a system call or two, and may be rounded down. */
  readonly uptimeMs: () => number;
  /** Time since boot, without time asleep; to check `uptimeMs`. */
  readonly awakeMs: () => number;
  /** Precise and cheap, from any origin; may stop while the system sleeps. */
  readonly tickMs: () => number;
  readonly wallMs: () => number;
  /** Time of the last synchronisation by the wall clock; undefined if unknown. */
  readonly synchronisedAt: () => number | undefined;
}

/** Clocks within this count as equal, ms: well above the time between two readings. */
const toleranceMs = 1_000;

/** A larger change between wall clock and tick is a step, not rounding, ms. */
const stepMs = 5;

/** Uptime is read again after this time awake, ms: a step back could hide a sleep of the same length. */
const rereadMs = 1_000;

/**
 * The clock of a source. If the system does not name its boot, or its uptime is that of a container, each process
 * counts as a boot: earlier entries have an unknown age.
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
      // Sleep, like a step, moves the wall clock against the tick; reading the uptime each time would cost microseconds a message.
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
