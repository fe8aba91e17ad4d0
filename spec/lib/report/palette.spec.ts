import { expect } from 'chai';
import { type Colour, dark, light, type Palette } from '../../../lib/report/palette.js';

/** WCAG 2.2, relative luminance. */
const luminance = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const contrast = (one: string, other: string): number => {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};

const backgrounds: readonly Colour[] = ['paper', 'panel'];

describe('palette', () => {
  for (const [name, palette] of Object.entries<Palette>({ light, dark })) {
    it(`${name}: text and marks have a contrast of 4.5 : 1 or more (WCAG 2.2, 1.4.3 AA)`, () => {
      const shown = (Object.keys(palette) as Colour[]).filter(
        (colour) => colour !== 'line' && !backgrounds.includes(colour),
      );
      const weak = shown.flatMap((colour) =>
        backgrounds
          .map((behind) => ({ colour, behind, ratio: contrast(palette[colour], palette[behind]) }))
          .filter(({ ratio }) => ratio < 4.5),
      );
      expect(weak).to.deep.equal([]);
    });
  }

  it('measures contrast as WCAG does', () => {
    expect(contrast('#ffffff', '#000000')).to.be.closeTo(21, 1e-9);
    expect(contrast('#777777', '#ffffff')).to.be.closeTo(4.48, 0.01);
  });
});
