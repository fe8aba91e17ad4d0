import type { StepName } from '../rules/steps.js';

/** What a step of the pipeline asked of a message, what it found, and the rule. A step may ask for more than one thing. */
export interface Step {
  readonly step: StepName;
  /** `waits`: it goes on, but only once something has happened. `ends`: it is not delivered, and nothing follows. */
  readonly verdict: 'passes' | 'waits' | 'ends';
  /** What was found. It holds names as they came: they may be hostile. */
  readonly text: string;
  /** The rule, and where it is written. */
  readonly rule: string;
  /** The setting or the file that decides, and what it says. */
  readonly decidedBy?: string;
}
