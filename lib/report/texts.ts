import { printable } from '../util/printable.js';

/** What a report gives to all of its texts together, bytes of JSON. */
export const textBudget = 9 * 1024 * 1024;

/** The lengths to which texts are cut, characters: the first one with which all of them fit. */
const lengths = [400, 240, 160, 110, 75, 50, 32, 20] as const;

/** A value as JSON that is inert inside HTML: no `<` can end its element or open a comment. */
export const embedded = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/** Gathers texts; each different one is kept once. */
export interface Texts {
  /** The number of a text; 0 is no text. */
  readonly number: (text: string | undefined) => number;
  /** The texts by their numbers as they may be shown, and the length to which they had to be cut. */
  readonly fitted: (budget?: number) => { readonly texts: readonly string[]; readonly cutAt: number };
}

/** No text yet. */
export const newTexts = (): Texts => {
  const numbers = new Map<string, number>();
  const number = (whole: string | undefined): number => {
    if (whole === undefined) return 0;
    // One more than is ever shown, so that it still shows that there was more.
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
