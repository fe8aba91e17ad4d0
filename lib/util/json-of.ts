import * as E from 'fp-ts/lib/Either.js';

/** The JSON of a value that was read from JSON. Left where it is nested deeper than the stack of this process goes. */
export const jsonOf = (value: unknown): E.Either<string, string> =>
  E.tryCatch(
    () => JSON.stringify(value),
    () => 'is nested too deeply',
  );
