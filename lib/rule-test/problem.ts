/** A problem in a file of rule tests. Lines count from 1. */
export interface Problem {
  readonly line: number;
  readonly detail: string;
}

/** Records a {@link Problem}. */
export type Complain = (line: number, detail: string) => void;
