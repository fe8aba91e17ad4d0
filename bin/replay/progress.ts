import { performance } from 'node:perf_hooks';
import { type Tally, tallyLine } from '../../lib/rules/tally.js';
import { showDuration } from '../../lib/util/duration.js';
import { plural } from '../../lib/util/plural.js';
import { liveLine } from '../live-line.js';

/** What a progress line shows. */
export interface Progress {
  /** The fraction of the captures that has been read, 0 to 1; undefined if their size is unknown. */
  readonly part: () => number | undefined;
  readonly messages: () => number;
  readonly tally: Tally;
}

const barLength = 20;

/** Shows the progress of a replay on stderr, until the returned function is called. */
export const showProgress = (progress: Progress): (() => void) => {
  const startedAt = performance.now();
  return liveLine(() => progressLine(progress, performance.now() - startedAt)).end;
};

/** Position, rate, time left and the tally. `elapsedMs`: since the start. */
export const progressLine = ({ part, messages, tally }: Progress, elapsedMs: number): string => {
  const done = part();
  const count = messages();
  const rate = elapsedMs > 0 ? Math.round((count * 1000) / elapsedMs) : 0;
  const position = done === undefined ? '' : `${bar(done)} ${Math.floor(done * 100)}%  `;
  const left =
    done === undefined || done <= 0 || done >= 1
      ? ''
      : `  ${showDuration((elapsedMs * (1 - done)) / done)} left`;
  return `${position}${plural(count, 'message')}, ${rate}/s${left}  ${tallyLine(tally)}`;
};

const bar = (done: number): string => {
  const full = Math.round(Math.min(1, done) * barLength);
  return `[${'#'.repeat(full)}${'.'.repeat(barLength - full)}]`;
};
