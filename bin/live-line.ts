import { printable } from '../lib/util/printable.js';

/** How often a line is drawn, ms: on a terminal, and in a file. */
const every = { terminal: 250, file: 10_000 };

/** A line on stderr that tells how far something is. */
export interface LiveLine {
  /** Writes a line that stays. */
  tell(line: string): void;
  end(): void;
}

/** Draws the line anew again and again on a terminal; elsewhere writes it now and then. */
export const liveLine = (line: () => string): LiveLine => {
  const { stderr } = process;
  // That nobody reads it any more ends nothing.
  stderr.on('error', () => undefined);
  const clear = (): void => {
    if (stderr.isTTY) stderr.write('\r\x1b[K');
  };
  const draw = (): void => {
    const text = line();
    // A serial console does not tell its width: it says 0.
    stderr.write(stderr.isTTY ? `\r${text.slice(0, (stderr.columns || 80) - 1)}\x1b[K` : `${text}\n`);
  };
  const timer = setInterval(draw, stderr.isTTY ? every.terminal : every.file);
  return {
    tell: (text) => {
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
