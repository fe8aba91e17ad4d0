import type { Writable } from 'node:stream';

/** How much may wait in memory for the reader of the log, characters. */
const defaultMax = 262_144;

/**
 * Writes lines, given without their newline, to a stream that may stall or close. Never blocks: while more than `max`
 * characters would wait, lines are dropped; once at most half of that waits, `dropped` is called with their count.
 */
export const lineOutput = (
  stream: Writable,
  dropped: (lines: number) => void,
  max = defaultMax,
): ((line: string) => void) => {
  let waiting = 0;
  let missing = 0;
  // Ignores EPIPE: the daemon runs on without a reader of its log.
  stream.on('error', () => undefined);

  const put = (line: string): void => {
    waiting += line.length + 1;
    stream.write(`${line}\n`, () => {
      waiting -= line.length + 1;
      reportMissing();
    });
  };
  const reportMissing = (): void => {
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
