import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { defaultSettings } from '../../config/settings.js';
import { compactDuration } from '../../util/duration.js';
import { plural } from '../../util/plural.js';
import { jsonLine, printable } from '../../util/printable.js';
import { defaultGiven, type Given } from '../given.js';
import { inFrames } from './frames.js';
import type { Recorded } from './from-records.js';
import { arrivals, endings, type Incident, type RunTest } from './incident.js';
import { notesOn } from './notes.js';
import { plainer } from './plainer.js';
import { shortened } from './shorten.js';
import { testLines } from './text.js';

/** A rule test about an incident. */
export interface WrittenTest {
  readonly text: string;
  /** What the test does not have of the incident; in `text` too. */
  readonly notes: readonly string[];
}

/**
 * Writes a rule test from a recorded incident, shortened to one message of each kind and what these need to end as they did. It
 * expects what the rules in `given` make of them, so it passes when it is run with the same, and fails when one of them that
 * matters is changed. `title` names the recording. Left: why there is no test.
 */
export const writeIncident = (
  title: string,
  recorded: Recorded,
  given: Given,
  run: RunTest,
): E.Either<string, WrittenTest> => {
  if (recorded.messages === 0) return E.left('has no message');
  const short = shortened(recorded.incident, run);
  const { incident: plain, leftOut } = plainer(short.incident, short.ends, run);
  if (arrivals(plain).length === 0)
    return E.left(`no message can be written in a rule test: ${leftOut[0] ?? 'none ends'}`);
  const framed = inFrames(plain, short.ends, run);
  if (framed === undefined)
    return E.left('is too long for the columns of a rule test: choose a part with --from and --to');
  const kept = arrivals(framed).length;
  const notes = notesOn(recorded, given, short, leftOut);
  return pipe(
    testLines(`${printable(title)}: ${tally(framed, run)}`, framed, given, run),
    E.map((lines) => ({
      notes,
      text: `${[
        `# Written by cvmqtt test --from-capture from ${printable(title)}${startOf(recorded)}.`,
        `# ${plural(recorded.messages, 'message')} recorded, ${kept} here: the first of each kind, by app, result and whether it waited.`,
        `# Times are in frames of ${compactDuration(framed.given.frameMs)}; times in which no message waits are shortened.`,
        ...notes.map((each) => `# Not in it: ${each}.`),
        ...ownRules(framed, run),
        ...lines,
      ].join('\n')}\n`,
    })),
  );
};

const startOf = ({ startedAt }: Recorded): string =>
  startedAt === undefined ? '' : `, whose first message is of ${new Date(startedAt).toISOString()}`;

const tally = (incident: Incident, run: RunTest): string => {
  const counts = new Map<string, number>();
  for (const { result } of endings(incident, run).values()) counts.set(result, (counts.get(result) ?? 0) + 1);
  return [...counts].map(([result, count]) => `${count} ${result}`).join(', ');
};

/**
 * The settings that decide how the messages end and are not the defaults, as a comment: they come from where the test is run,
 * so that the test fails when they are changed there.
 */
const ownRules = (incident: Incident, run: RunTest): readonly string[] => {
  const { given } = incident;
  const ends = JSON.stringify([...endings(incident, run)]);
  const decides = (other: Given): boolean =>
    JSON.stringify([...endings({ ...incident, given: other }, run)]) !== ends;
  const settings = Object.entries(given.settings).filter(([key]) => {
    const usual = Object.entries(defaultSettings).filter(([each]) => each === key);
    return decides({ ...given, settings: { ...given.settings, ...Object.fromEntries(usual) } });
  });
  const mq = { msgs_via_notifier: given.cvmain.viaNotifier, external_integrations: given.cvmain.toExternal };
  const lines = [
    ...(settings.length === 0 ? [] : [`#   settings ${jsonLine(Object.fromEntries(settings))}`]),
    ...(decides({ ...given, cvmain: defaultGiven.cvmain }) ? [`#   mq ${jsonLine(mq)}`] : []),
  ];
  return lines.length === 0
    ? []
    : [
        '# It depends on these; run it with the same --config-dir or --settings, or move them into the test:',
        ...lines,
      ];
};
