import { performance } from 'node:perf_hooks';
import { type Tally, tallyLine } from '../../lib/rules/tally.js';
import { showDuration } from '../../lib/util/duration.js';
import { liveLine } from '../live-line.js';

/** What a progress line tells of. */
export interface Progress {
  /** Which part of the captures has been read, 0 to 1; undefined where their size is not known. */
  readonly part: () => number | undefined;
  readonly messages: () => number;
  readonly tally: Tally;
}

const barLength = 20;

/** Tells on stderr how far a replay is. Call it to end it. */
export const showProgress = (progress: Progress): (() => void) => {
  const startedAt = performance.now();
  return liveLine(() => progressLine(progress, performance.now() - startedAt)).end;
};

/** Position, rate, time left, and what is settled by kind; `elapsedMs` since the start. */
export const progressLine = ({ part, messages, tally }: Progress, elapsedMs: number): string => {
  const done = part();
  const count = messages();
  const rate = elapsedMs > 0 ? Math.round((count * 1000) / elapsedMs) : 0;
  const position = done === undefined ? '' : `${bar(done)} ${Math.floor(done * 100)}%  `;
  const left =
    done === undefined || done <= 0 || done >= 1
      ? ''
      : `  ${showDuration((elapsedMs * (1 - done)) / done)} left`;
  return `${position}${count} messages, ${rate}/s${left}  ${tallyLine(tally)}`;
};

const bar = (done: number): string => {
  const full = Math.round(Math.min(1, done) * barLength);
  return `[${'#'.repeat(full)}${'.'.repeat(barLength - full)}]`;
};
