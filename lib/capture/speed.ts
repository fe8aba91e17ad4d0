import * as E from 'fp-ts/lib/Either.js';

/** The speed of a replay: a factor of the original speed, or as fast as possible. */
export type Speed = 'max' | number;

/** Parses a speed such as `1x`, `0.5x`, `200%` or `max`. Left: what is wrong. */
export const parseSpeed = (text: string): E.Either<string, Speed> => {
  if (text === 'max') return E.right('max');
  const [, number, unit] = /^(\d+(?:\.\d+)?)(x|%)$/.exec(text) ?? [];
  const speed = Number(number) / (unit === '%' ? 100 : 1);
  return speed > 0
    ? E.right(speed)
    : E.left(`"${text.slice(0, 40)}" is not a speed such as 1x, 10x, 200% or max`);
};
