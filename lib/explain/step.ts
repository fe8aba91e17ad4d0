/** What is asked of a message, in this order (design.md, the picture of the pipeline). */
export type StepName = 'receive' | 'decode' | 'split' | 'size' | 'policy' | 'set' | 'hold' | 'calls';

/** A step of the decision on a message: what was found, and the rule that was asked. */
export interface Step {
  readonly step: StepName;
  /** `waits`: it goes on, but only once something has happened. `ends`: it is not delivered, and no step follows. */
  readonly verdict: 'passes' | 'waits' | 'ends';
  /** What was found. It holds names as they came: they may be hostile. */
  readonly text: string;
  /** The rule, and where it is written. */
  readonly rule: string;
  /** The setting or the file that decides, and what it says. */
  readonly decidedBy?: string;
}
