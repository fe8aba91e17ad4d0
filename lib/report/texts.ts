import { printable } from '../util/printable.js';

/** The budget for all texts of a report together, bytes of JSON. */
export const textBudget = 9 * 1024 * 1024;

/** The lengths that texts may be cut to, characters; the first one with which all of them fit is used. */
const lengths = [400, 240, 160, 110, 75, 50, 32, 20] as const;

/** A value as JSON that is inert inside HTML: no `<` can end its element or open a comment. */
export const embedded = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/** Collects texts, each distinct one once. */
export interface Texts {
  /** The number of a text; 0 for undefined. */
  readonly number: (text: string | undefined) => number;
  /** The texts by number, escaped, and the length they were cut to. */
  readonly fitted: (budget?: number) => { readonly texts: readonly string[]; readonly cutAt: number };
}

/** Creates an empty collection. */
export const newTexts = (): Texts => {
  const numbers = new Map<string, number>();
  const number = (whole: string | undefined): number => {
    if (whole === undefined) return 0;
    // One more than is ever shown, so that the cut is still visible.
    const text = whole.slice(0, lengths[0] + 1);
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, numbers.size + 1);
    return numbers.size;
  };
  const cut = (length: number): readonly string[] => [
    '',
    ...Array.from(numbers.keys(), (text) => printable(text, length)),
  ];
  const fitted: Texts['fitted'] = (budget = textBudget) => {
    let [cutAt, texts] = [0, [] as readonly string[]];
    for (cutAt of lengths) {
      texts = cut(cutAt);
      if (Buffer.byteLength(embedded(texts)) <= budget) break;
    }
    return { texts, cutAt };
  };
  return { number, fitted };
};
