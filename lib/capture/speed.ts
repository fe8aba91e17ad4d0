import * as E from 'fp-ts/lib/Either.js';

/** How fast a capture is replayed: so many times as fast as it came in, or as fast as it goes. */
export type Speed = 'max' | number;

/** The speed in `1x`, `0.5x`, `200%`, `max`. Left says what it should have been. */
export const parseSpeed = (text: string): E.Either<string, Speed> => {
  if (text === 'max') return E.right('max');
  const [, number, unit] = /^(\d+(?:\.\d+)?)(x|%)$/.exec(text) ?? [];
  const speed = Number(number) / (unit === '%' ? 100 : 1);
  return speed > 0
    ? E.right(speed)
    : E.left(`"${text.slice(0, 40)}" is not a speed such as 1x, 10x, 200% or max`);
};
