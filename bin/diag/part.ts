import type { Layout } from '../../lib/config/layout.js';
import type { Found } from '../status/look.js';

/** The unit that is looked at. */
export interface DiagUnit {
  /** cvmain's configuration directory, absolute. */
  readonly layout: Layout;
  readonly stateDirectory: string;
  readonly status: Found;
  readonly withPayloads: boolean;
}

/** What a part found. */
export interface Collected {
  readonly lines: readonly string[];
  /** What could not be read, or was left out: one line each, which quotes no content. */
  readonly problems: readonly string[];
}

/** A part of the archive: one file. */
export interface Part {
  /** Its path in the archive: ASCII. */
  readonly file: string;
  /** What it is, in a few words. */
  readonly about: string;
  collect(unit: DiagUnit): Promise<Collected> | Collected;
}

/** A part that was read whole. */
export const whole = (lines: readonly string[]): Collected => ({ lines, problems: [] });

/** A part that could not be read. */
export const unread = (problem: string): Collected => ({ lines: [], problems: [problem] });
