import type { IntegrationSet } from '../rules/routing/integrations.js';
import type { Given } from './given.js';
import type { EndKey } from './lines.js';
import type { Sent } from './publish-value.js';

/**
 * How cvmain takes calls: `+` it accepts at once, `1` to `9` it accepts after so many frames, `x` it refuses, `~` it
 * fails in a way that can heal, `?` it is away.
 */
export type Manner = string;

/** The marks of {@link Manner}. */
export const manners = /[+x~?1-9]/;

/** A rule test: what happens, in which frame, and how each message is expected to end. */
export interface RuleTest {
  readonly name: string;
  /** Where it begins in its file. */
  readonly line: number;
  readonly given: Given;
  /** In order of receipt. */
  readonly publishes: readonly { readonly frame: number; readonly letter: string; readonly sent: Sent }[];
  readonly sets: readonly { readonly frame: number; readonly set: IntegrationSet }[];
  readonly manners: readonly { readonly frame: number; readonly manner: Manner }[];
  readonly expected: readonly Ended[];
  /** What begins in this frame, or later, is not looked at. */
  readonly endFrame?: number;
  /** The diagrams as they were written, without those that are expected. */
  readonly drawn: readonly { readonly key: string; readonly text: string }[];
  /** The columns of the longest diagram. */
  readonly length: number;
}

/** That a message ends, how, and in which frame. */
export interface Ended {
  readonly frame: number;
  readonly letter: string;
  readonly end: EndKey;
  /** Why, where it was not notified: only what was found has it. */
  readonly detail?: string;
}

/** What a run of a rule test found. */
export interface Run {
  readonly ended: readonly Ended[];
  /** It was stopped, as it set timers without end. */
  readonly endless: boolean;
}
