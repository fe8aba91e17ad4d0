import type { MessageResult } from './rule-test.js';

/** The first frame in which the expected and the found results differ. */
export interface Difference {
  readonly frame: number;
  /** All expected results of this frame. */
  readonly expected: readonly MessageResult[];
  /** All found results of this frame. */
  readonly found: readonly MessageResult[];
}

/** The first difference, if any. Within a frame, the order of messages with the same result counts. */
export const firstDifference = (
  expected: readonly MessageResult[],
  found: readonly MessageResult[],
): Difference | undefined => {
  const frames = [...new Set([...expected, ...found].map(({ frame }) => frame))].sort(
    (one, other) => one - other,
  );
  const expectedIn = byFrame(expected);
  const foundIn = byFrame(found);
  const frame = frames.find((each) => canonical(expectedIn.get(each)) !== canonical(foundIn.get(each)));
  return frame === undefined
    ? undefined
    : { frame, expected: expectedIn.get(frame) ?? [], found: foundIn.get(frame) ?? [] };
};

const byFrame = (all: readonly MessageResult[]): ReadonlyMap<number, readonly MessageResult[]> => {
  const frames = new Map<number, MessageResult[]>();
  for (const each of all) {
    const others = frames.get(each.frame);
    if (others === undefined) frames.set(each.frame, [each]);
    else others.push(each);
  }
  return frames;
};

/** The canonical key of the results of a frame. */
const canonical = (results: readonly MessageResult[] = []): string => {
  const letters = new Map<string, string>();
  for (const { result, letter } of results) letters.set(result, (letters.get(result) ?? '') + letter);
  return [...letters]
    .map(([result, those]) => `${result} ${those}`)
    .sort()
    .join();
};
