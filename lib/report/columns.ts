/** A growing column of numbers. */
export interface Column {
  /** Adds a number, rounded to an integer; NaN and infinities count as 0. Exact up to ±2^52. */
  readonly add: (value: number) => void;
  /** The column as zigzag LEB128 in base64: few bytes for small numbers, and safe inside HTML. */
  readonly base64: () => string;
}

/** The maximum length of a number, bytes: 53 bits, 7 per byte. */
const mostBytes = 8;

/** Creates an empty column. */
export const newColumn = (): Column => {
  let bytes = Buffer.alloc(1_024);
  let length = 0;
  const add = (value: number): void => {
    if (length + mostBytes > bytes.length) bytes = Buffer.concat([bytes], bytes.length * 2);
    const whole = Number.isFinite(value) ? Math.round(value) : 0;
    let rest = whole < 0 ? -2 * whole - 1 : 2 * whole;
    // Arithmetic in place of bit operations, which are limited to 32 bits: an hour has more microseconds.
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[length++] = (rest % 128) + 128;
    bytes[length++] = rest;
  };
  return { add, base64: () => bytes.toString('base64', 0, length) };
};
