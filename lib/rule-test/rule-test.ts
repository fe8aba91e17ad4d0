import type { IntegrationSet } from '../rules/routing/integrations.js';
import type { Given } from './given.js';
import type { ResultKey } from './lines.js';
import type { Sent } from './publish-value.js';

/**
 * How cvmain answers calls: `+` accepts at once, `1` to `9` accepts after that many frames, `x` refuses, `~` fails with a
 * temporary error, `?` is away.
 */
export type Manner = string;

/** The marks of {@link Manner}. */
export const manners = /[+x~?1-9]/;

/** A rule test: what happens in which frame, and the expected result of each message. */
export interface RuleTest {
  readonly name: string;
  /** The line in which it begins. */
  readonly line: number;
  readonly given: Given;
  /** In order of receipt. */
  readonly publishes: readonly { readonly frame: number; readonly letter: string; readonly sent: Sent }[];
  readonly sets: readonly { readonly frame: number; readonly set: IntegrationSet }[];
  readonly manners: readonly { readonly frame: number; readonly manner: Manner }[];
  readonly expected: readonly MessageResult[];
  /** The run stops before this frame. */
  readonly endFrame?: number;
  /** The diagrams of the inputs, as written. */
  readonly drawn: readonly { readonly key: string; readonly text: string }[];
  /** The columns of the longest diagram. */
  readonly length: number;
}

/** The result of a message, and the frame in which it was settled. */
export interface MessageResult {
  readonly frame: number;
  readonly letter: string;
  readonly result: ResultKey;
  /** Why it was not notified; only in found results. */
  readonly detail?: string;
}

/** The results of a run of a rule test. */
export interface Run {
  readonly results: readonly MessageResult[];
  /** Whether it was stopped because it kept setting timers. */
  readonly endless: boolean;
}
