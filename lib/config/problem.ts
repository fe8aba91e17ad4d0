/** A problem of the configuration: the file, what is wrong, and what to do about it. It never quotes a value of the file. */
export interface ConfigProblem {
  readonly file: string;
  readonly detail: string;
  readonly remedy: string;
}

/** The problem in one line. */
export const problemLine = ({ file, detail, remedy }: ConfigProblem): string =>
  `${file}: ${detail}; ${remedy}`;
