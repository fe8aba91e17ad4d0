import type { Writable } from 'node:stream';

/** The most that waits in memory for who reads the log, characters. */
const defaultMax = 262_144;

/**
 * Writes lines, each without its end, to a stream that may stall or end, and never waits for it: while more than `max`
 * characters would wait, lines are dropped; `dropped` is called with their count once no more than half of that waits.
 */
export const lineOutput = (
  stream: Writable,
  dropped: (lines: number) => void,
  max = defaultMax,
): ((line: string) => void) => {
  let waiting = 0;
  let missing = 0;
  // A log that nobody reads any more is no reason to stop.
  stream.on('error', () => undefined);

  const put = (line: string): void => {
    waiting += line.length + 1;
    stream.write(`${line}\n`, () => {
      waiting -= line.length + 1;
      tellMissing();
    });
  };
  const tellMissing = (): void => {
    if (missing === 0 || waiting > max / 2) return;
    const lines = missing;
    missing = 0;
    dropped(lines);
  };
  return (line) => {
    if (missing > 0 || waiting + line.length >= max) missing += 1;
    else put(line);
  };
};
