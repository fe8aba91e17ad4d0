import { printable, shortened } from '../../lib/util/printable.js';
import { styleFor } from '../style.js';
import type { DevEvent } from './event.js';
import { linesOf } from './lines.js';

/** Shows events as text. */
export interface Screen {
  show(event: DevEvent): void;
  close(): void;
}

/** How often the line about waiting messages is drawn, ms. */
const drawMs = 250;

/** At most this many are named. */
const shownHeld = 3;

/** What is written to, as standard output. */
interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A message that waits for its app; `until` by `performance.now()`. */
interface Held {
  readonly name: string;
  readonly until: number;
}

/** Writes events as lines; on a terminal, the last line shows for how long messages still wait for their app. */
export const screenOn = (stdout: Output): Screen => {
  const style = styleFor(stdout);
  /** By digest; equal messages end in order. */
  const held = new Map<string, readonly Held[]>();
  let timer: NodeJS.Timeout | undefined;

  const draw = (): void => {
    const waiting = [...held.values()].flat();
    const named = waiting.slice(0, shownHeld).map(({ name, until }) => {
      const left = Math.max(0, Math.ceil((until - performance.now()) / 1_000));
      return `${printable(shortened(name, 40))} ${left} s`;
    });
    const more = waiting.length > shownHeld ? `, and ${waiting.length - shownHeld} more` : '';
    const line = `waiting: ${named.join(', ')}${more}`;
    // A serial console reports a width of 0.
    stdout.write(`\r${line.slice(0, (stdout.columns || 80) - 1)}\x1b[K`);
  };
  const clear = (): void => {
    if (timer !== undefined) stdout.write('\r\x1b[K');
  };
  const keepDrawing = (): void => {
    if (held.size === 0) {
      clearInterval(timer);
      timer = undefined;
      return;
    }
    draw();
    timer ??= setInterval(draw, drawMs);
  };
  return {
    show: (event) => {
      clear();
      for (const line of linesOf(event, style)) stdout.write(`${line}\n`);
      if (!stdout.isTTY) return;
      if (event.event === 'held') {
        const { digest, name, for_ms } = event;
        held.set(digest, [...(held.get(digest) ?? []), { name, until: performance.now() + for_ms }]);
      }
      if (event.event === 'notified' || event.event === 'dead-lettered') {
        const left = held.get(event.digest)?.slice(1) ?? [];
        if (left.length === 0) held.delete(event.digest);
        else held.set(event.digest, left);
      }
      keepDrawing();
    },
    close: () => {
      held.clear();
      clear();
      keepDrawing();
    },
  };
};
