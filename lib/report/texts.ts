import { printable } from '../util/printable.js';

/** The budget for all texts of a report together, bytes of JSON. */
export const textBudget = 6 * 1024 * 1024;

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
  const fits = (length: number, budget: number): boolean => {
    let bytes = 4;
    for (const text of numbers.keys()) {
      bytes += Buffer.byteLength(embedded(printable(text, length))) + 1;
      if (bytes > budget) return false;
    }
    return true;
  };
  const fitted: Texts['fitted'] = (budget = textBudget) => {
    const cutAt = lengths.find((length) => fits(length, budget)) ?? lengths[lengths.length - 1] ?? 0;
    return { texts: ['', ...Array.from(numbers.keys(), (text) => printable(text, cutAt))], cutAt };
  };
  return { number, fitted };
};
