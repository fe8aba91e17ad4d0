/** What is wrong in a file of rule tests, and in which line, counted from 1. */
export interface Problem {
  readonly line: number;
  readonly detail: string;
}

/** Takes note of a {@link Problem}. */
export type Complain = (line: number, detail: string) => void;
