import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

/**
 * Decodes JSON text with `codec`. The left is one line that names the field at fault and what was expected there; it
 * never quotes the input, which may hold a token.
 */
export function decodeJson<A>(codec: t.Type<A, unknown>, text: string): E.Either<string, A> {
  const parsed = E.tryCatch(
    (): unknown => JSON.parse(text),
    // V8's message quotes a part of the text.
    () => 'is not JSON',
  );
  return E.isLeft(parsed) ? parsed : decode(codec, parsed.right);
}

/** Decodes a value with `codec`; the left is as in `decodeJson`. */
export function decode<A>(codec: t.Type<A, unknown>, value: unknown): E.Either<string, A> {
  return E.mapLeft(fault)(codec.decode(value));
}

/** The first of the errors, as `field a.0.b: expected string`; `expected X` when the value as a whole is at fault. */
function fault(errors: t.Errors): string {
  const context = errors[0]?.context ?? [];
  const path = context
    .filter((_, index) => index > 0 && !isAlternative(context[index - 1]))
    .map(({ key }) => key);
  const expected = `expected ${context.at(-1)?.type.name ?? 'something else'}`;
  return path.length === 0 ? expected : `field ${path.join('.')}: ${expected}`;
}

/** The keys below unions and intersections number the members: they are no part of a field's name. */
const isAlternative = (entry: t.ContextEntry | undefined): boolean =>
  entry?.type instanceof t.UnionType || entry?.type instanceof t.IntersectionType;
