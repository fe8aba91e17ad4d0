/**
 * Whole numbers, also negative ones, as base64 of LEB128 with zigzag: few bytes for small numbers, and nothing in it that
 * means something in HTML. What is no finite number counts as 0, fractions are rounded, up to 2^52.
 */
export const columnOf = (values: readonly number[]): string => {
  const bytes: number[] = [];
  for (const value of values) {
    const whole = Number.isFinite(value) ? Math.round(value) : 0;
    let rest = whole < 0 ? -2 * whole - 1 : 2 * whole;
    // Arithmetic, as bit operations cut at 32 bits, and an hour has more microseconds.
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    bytes.push(rest);
  }
  return Buffer.from(bytes).toString('base64');
};
