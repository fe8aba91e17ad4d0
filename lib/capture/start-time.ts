/** A time by the uptime of a boot, ms. */
export interface Uptime {
  readonly boot: string;
  readonly ms: number;
}

/** When a capture started. */
export interface StartTime {
  /** The wall clock at offset 0, ms since the epoch. */
  readonly startedAt: number;
  /** Absent unless the capture has it: the wall clock may be set between two starts. */
  readonly uptime?: Uptime;
}
