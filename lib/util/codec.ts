import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';

/**
 * Describes in one line why a value did not decode: the field, what was expected, and the kind of value found. Never quotes
 * the value: it may be a secret.
 */
export const explain = (errors: t.Errors): string => {
  const deepest = errors.reduce<t.ValidationError | undefined>(
    (best, each) => (best === undefined || each.context.length > best.context.length ? each : best),
    undefined,
  );
  if (deepest === undefined) return 'value is wrong';
  const path = deepest.context
    .map(({ key }) => key)
    .filter((key, at) => at > 0 && key !== '' && !isBranch(deepest, at))
    .join('.');
  const expected = deepest.message ?? `expected ${deepest.context.at(-1)?.type.name ?? 'something else'}`;
  return `${path === '' ? '' : `field ${path}: `}${expected}, found ${kindOf(deepest.value)}`;
};

/** A count: a whole number from 0. */
export const Count = t.refinement(t.number, (n) => Number.isSafeInteger(n) && n >= 0, 'a count');

/** Decodes with `codec`. Left: one line from {@link explain}. */
export const decodeWith =
  <A>(codec: t.Decoder<unknown, A>) =>
  (value: unknown): E.Either<string, A> =>
    E.mapLeft(explain)(codec.decode(value));

/** Decodes JSON text with `codec`. Left: one line that, unlike V8's message, quotes nothing of the text. */
export const decodeJsonWith =
  <A>(codec: t.Decoder<unknown, A>) =>
  (text: string): E.Either<string, A> =>
    pipe(
      E.tryCatch(
        (): unknown => JSON.parse(text),
        () => 'is not JSON',
      ),
      E.chain(decodeWith(codec)),
    );

/** Whether a path element is the index of a member of an intersection or a union, which io-ts adds: not a field. */
const isBranch = (error: t.ValidationError, at: number): boolean => {
  const parent = error.context[at - 1]?.type;
  return (
    parent !== undefined &&
    '_tag' in parent &&
    (parent._tag === 'IntersectionType' || parent._tag === 'UnionType')
  );
};

const kindOf = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};
