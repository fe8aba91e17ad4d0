import * as E from 'fp-ts/lib/Either.js';

/** Serialises a value that was parsed from JSON. Left: it is nested too deeply for the stack. */
export const jsonOf = (value: unknown): E.Either<string, string> =>
  E.tryCatch(
    () => JSON.stringify(value),
    () => 'is nested too deeply',
  );
