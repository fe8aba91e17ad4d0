import type { Style } from '../explain/show.js';
import type { RunCall, RunMessage } from '../report/run.js';
import { showDuration } from '../util/duration.js';
import { plural } from '../util/plural.js';
import { printable, shortened } from '../util/printable.js';
import { rfc3339 } from '../util/time.js';
import type { Recording } from './read.js';

/** A recording as lines of text, in order of time: each message with its end and its calls, changes of the set, and events. */
export const recordingLines = ({ run, events }: Recording, style: Style): readonly string[] => {
  const { startedAt = 0, messages, sets } = run;
  const timeOf = (at: number): string => rfc3339(Math.floor(startedAt + at));
  const ats = [...messages, ...sets, ...events].map(({ at }) => at);
  const days = new Set(ats.map((at) => timeOf(at).slice(0, 10)));
  // The day is shown only if it takes more than one.
  const clock = (at: number): string =>
    style.faint(days.size > 1 ? timeOf(at).slice(0, 23).replace('T', ' ') : timeOf(at).slice(11, 23));
  const dated = [
    ...messages.map((message) => ({ at: message.at, text: messageLine(message, style) })),
    ...sets.map(({ at, names }) => ({
      at,
      text: style.faint(`registered: ${names.length === 0 ? 'none' : printable(names.join(', '))}`),
    })),
    ...events.map(({ at, message }) => ({ at, text: style.faint(printable(message)) })),
  ];
  return dated.sort((one, other) => one.at - other.at).map(({ at, text }) => `${clock(at)}  ${text}`);
};

const messageLine = ({ name, topic, calls, result, at }: RunMessage, { good, bad, faint }: Style): string => {
  const what = printable(shortened(name ?? (topic || 'a message from before'), 60)).padEnd(30);
  if (result === undefined) return `${what} not settled${callsText(calls)}`;
  const took = result.at - at < 1 ? '' : faint(`, after ${showDuration(result.at - at)}`);
  const how =
    result.kind === 'notified' ? good('notified') : bad(`${result.kind}: ${printable(result.detail ?? '')}`);
  return `${what} ${how}${took}${callsText(calls)}`;
};

/** Failed calls one by one, at most three of them; a single accepted one needs no words. */
const callsText = (calls: readonly RunCall[]): string => {
  const failed = calls.filter(({ outcome }) => outcome !== 'accepted');
  if (failed.length === 0) return '';
  const shown = failed
    .slice(0, 3)
    .map(({ outcome, detail, at, endedAt }) =>
      printable(`${outcome} after ${showDuration(endedAt - at)}${detail === undefined ? '' : `: ${detail}`}`),
    );
  const more = failed.length > shown.length ? [`${failed.length - shown.length} more`] : [];
  return `; ${plural(failed.length, 'failed call')}: ${[...shown, ...more].join('; ')}`;
};

/** How many messages a recording has, how they ended, and what could not be read, in one line. */
export const recordingSummary = ({ run, whySkipped }: Recording): string => {
  const counts = new Map<string, number>();
  for (const { result } of run.messages) {
    const kind = result?.kind ?? 'not settled';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const kinds = [...counts].map(([kind, count]) => `${count} ${kind}`);
  const ends = kinds.length === 0 ? '' : `: ${kinds.join(', ')}`;
  const skipped =
    whySkipped === undefined ? '' : `; ${plural(run.skippedLines, 'line')} skipped: ${whySkipped}`;
  return `${plural(run.messages.length, 'message')} in ${showDuration(run.durationMs)}${ends}${skipped}`;
};
