/** The monotonic clock of the machine, ms: the same in all processes. */
export const monotonicMs = (): number => {
  const [s, ns] = process.hrtime();
  return s * 1e3 + ns / 1e6;
};
