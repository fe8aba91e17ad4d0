/** A line of {@link plot}: a value for each second. */
export interface Line {
  readonly label: string;
  readonly colour: string;
  readonly values: readonly number[];
}

const [width, height, left, top, right, bottom] = [720, 300, 60, 20, 16, 40] as const;

/** An SVG of lines over the seconds since the outage ended, all with one scale from 0. The same for the same lines. */
export const plot = (title: string, lines: readonly Line[], most: number): string => {
  const last = Math.max(...lines.map(({ values }) => values.length));
  const x = (second: number): string => (left + (second / last) * (width - left - right)).toFixed(1);
  const y = (value: number): string =>
    (height - bottom - (value / most) * (height - top - bottom)).toFixed(1);
  const text = (at: string, content: string): string => `<text ${at}>${content}</text>`;
  const quarters = [0, 0.25, 0.5, 0.75, 1];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...quarters.map((part) => {
      const value = most * part;
      return `<path d="M${left} ${y(value)}H${width - right}" stroke="#ddd"/>${text(
        `x="${left - 6}" y="${y(value)}" text-anchor="end" dominant-baseline="middle"`,
        `${Math.round(part * 100)} %`,
      )}`;
    }),
    ...quarters.map((part) =>
      text(
        `x="${x(last * part)}" y="${height - bottom + 16}" text-anchor="middle"`,
        `${Math.round(last * part)} s`,
      ),
    ),
    ...lines.map(({ colour, values }) => {
      const points = values.map((value, second) => `${x(second + 1)},${y(value)}`).join(' ');
      return `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points}"/>`;
    }),
    ...lines.map(({ label, colour }, at) =>
      text(
        `x="${width - right - 8}" y="${height - bottom - 12 - 16 * at}" text-anchor="end" fill="${colour}"`,
        label,
      ),
    ),
    '</svg>',
    '',
  ].join('\n');
};
