import * as E from 'fp-ts/lib/Either.js';

/** The parts of a full message name. */
export interface Name {
  readonly integration: string;
  readonly message: string;
}

const dash = '-';

/**
 * Splits a full message name at its *first* dash: `int1-get-settings` is `get-settings` for `int1`. Left says what is
 * missing: the dash, or the part before or after it (docs/domain.md#names).
 */
export const splitName = (fullName: string): E.Either<string, Name> => {
  const at = fullName.indexOf(dash);
  if (at < 0) return E.left('the name has no dash');
  if (at === 0) return E.left('the name has no integration before its first dash');
  if (at === fullName.length - 1) return E.left('the name has no message after its first dash');
  return E.right({ integration: fullName.slice(0, at), message: fullName.slice(at + 1) });
};

/** Joins a name; the inverse of {@link splitName} unless the integration has a dash. */
export const joinName = ({ integration, message }: Name): string => integration + dash + message;

/** True if an integration of this name can receive messages: `my-app-x` goes to `my` (docs/domain.md#names). */
export const isReachable = (integration: string): boolean =>
  integration.length > 0 && !integration.includes(dash);

/** The name among `registered` that a full name seems to be meant for, though it has a dash: `my-app` for `my-app-x`. */
export const dashedNameIn = (registered: Iterable<string>, fullName: string): string | undefined =>
  [...registered].find((name) => !isReachable(name) && fullName.startsWith(`${name}${dash}`));
