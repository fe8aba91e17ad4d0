/** What is wrong with the configuration: where, what, and what to do about it. It never holds a value from the file. */
export interface ConfigProblem {
  readonly file: string;
  readonly detail: string;
  readonly remedy: string;
}

/** The problem in one line. */
export const problemLine = ({ file, detail, remedy }: ConfigProblem): string =>
  `${file}: ${detail}; ${remedy}`;
