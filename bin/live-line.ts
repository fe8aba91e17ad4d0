import { printable } from '../lib/util/printable.js';

/** How often the line is written, ms: on a terminal, and elsewhere. */
const every = { terminal: 250, file: 10_000 };

/** A progress line on stderr. */
export interface LiveLine {
  /** Writes a line above it that stays. */
  print(line: string): void;
  end(): void;
}

/** Redraws the line in place on a terminal; elsewhere writes it as a new line now and then. */
export const liveLine = (line: () => string): LiveLine => {
  const { stderr } = process;
  // Ignores EPIPE: the command continues without a reader.
  stderr.on('error', () => undefined);
  const clear = (): void => {
    if (stderr.isTTY) stderr.write('\r\x1b[K');
  };
  const draw = (): void => {
    const text = line();
    // A serial console reports a width of 0.
    stderr.write(stderr.isTTY ? `\r${text.slice(0, (stderr.columns || 80) - 1)}\x1b[K` : `${text}\n`);
  };
  const timer = setInterval(draw, stderr.isTTY ? every.terminal : every.file);
  return {
    print: (text) => {
      clear();
      stderr.write(`${printable(text)}\n`);
      if (stderr.isTTY) draw();
    },
    end: () => {
      clearInterval(timer);
      clear();
    },
  };
};
