import type { Ended } from './rule-test.js';

/** The first frame in which something else was found than expected. */
export interface Difference {
  readonly frame: number;
  /** All that is expected in this frame. */
  readonly expected: readonly Ended[];
  /** All that was found in it. */
  readonly found: readonly Ended[];
}

/** The first difference; the order in which messages end in the same way within a frame counts. Undefined: there is none. */
export const firstDifference = (
  expected: readonly Ended[],
  found: readonly Ended[],
): Difference | undefined => {
  const frames = [...new Set([...expected, ...found].map(({ frame }) => frame))].sort(
    (one, other) => one - other,
  );
  const expectedIn = byFrame(expected);
  const foundIn = byFrame(found);
  const frame = frames.find((each) => ends(expectedIn.get(each)) !== ends(foundIn.get(each)));
  return frame === undefined
    ? undefined
    : { frame, expected: expectedIn.get(frame) ?? [], found: foundIn.get(frame) ?? [] };
};

const byFrame = (all: readonly Ended[]): ReadonlyMap<number, readonly Ended[]> => {
  const frames = new Map<number, Ended[]>();
  for (const each of all) {
    const others = frames.get(each.frame);
    if (others === undefined) frames.set(each.frame, [each]);
    else others.push(each);
  }
  return frames;
};

/** Who ends how, in a text that is the same for the same ends. */
const ends = (ended: readonly Ended[] = []): string => {
  const letters = new Map<string, string>();
  for (const { end, letter } of ended) letters.set(end, (letters.get(end) ?? '') + letter);
  return [...letters]
    .map(([end, those]) => `${end} ${those}`)
    .sort()
    .join();
};
