import * as E from 'fp-ts/lib/Either.js';

/** A full message name, taken apart. */
export interface Name {
  readonly integration: string;
  readonly message: string;
}

const dash = '-';

/**
 * Takes a full message name apart at its *first* dash: `int1-get-settings` is `get-settings` for `int1`. Left says what is
 * missing: there is no dash, or nothing before it, or nothing behind it (docs/domain.md#names).
 */
export const splitName = (fullName: string): E.Either<string, Name> => {
  const at = fullName.indexOf(dash);
  if (at < 0) return E.left('the name has no dash');
  if (at === 0) return E.left('the name has no integration before its first dash');
  if (at === fullName.length - 1) return E.left('the name has no message behind its first dash');
  return E.right({ integration: fullName.slice(0, at), message: fullName.slice(at + 1) });
};

/** The full message name: the inverse of {@link splitName}, as long as the integration has no dash. */
export const joinName = ({ integration, message }: Name): string => integration + dash + message;

/** Whether an integration of this name can ever receive a message: `my-app-x` goes to `my` (docs/domain.md#names). */
export const isReachable = (integration: string): boolean =>
  integration.length > 0 && !integration.includes(dash);
