/** A column that grows by one number after the other. */
export interface Column {
  /** What is no finite number counts as 0, fractions are rounded; exact up to 2^52, also below zero. */
  readonly add: (value: number) => void;
  /** All of it as base64 of LEB128 with zigzag: few bytes for small numbers, and nothing in it that means something in HTML. */
  readonly base64: () => string;
}

/** A number takes at most so many bytes: 53 bits, 7 in each. */
const mostBytes = 8;

/** An empty column. */
export const newColumn = (): Column => {
  let bytes = Buffer.alloc(1_024);
  let length = 0;
  const add = (value: number): void => {
    if (length + mostBytes > bytes.length) bytes = Buffer.concat([bytes], bytes.length * 2);
    const whole = Number.isFinite(value) ? Math.round(value) : 0;
    let rest = whole < 0 ? -2 * whole - 1 : 2 * whole;
    // Arithmetic, as bit operations cut at 32 bits, and an hour has more microseconds.
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[length++] = (rest % 128) + 128;
    bytes[length++] = rest;
  };
  return { add, base64: () => bytes.toString('base64', 0, length) };
};
