/**
 * Two pictures of `svgReport` below each other, as one. The ids in the second are made different, as they have to be unique in
 * a document.
 */
export const svgPair = (first: string, second: string): string => {
  const [upper, lower] = [heightOf(first), heightOf(second)];
  const width = Number(/ width="(\d+)"/.exec(first)?.[1]);
  const height = upper + gap + lower;
  const moved = second
    .replace('<svg ', `<svg y="${upper + gap}" `)
    .replace('aria-labelledby="t d"', 'aria-labelledby="t2 d2"')
    .replace('<title id="t">', '<title id="t2">')
    .replace('<desc id="d">', '<desc id="d2">');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">\n${first}\n${moved}\n</svg>\n`;
};

/** Between the pictures, pixels. */
const gap = 16;

const heightOf = (svg: string): number => Number(/ height="(\d+)"/.exec(svg)?.[1]);
