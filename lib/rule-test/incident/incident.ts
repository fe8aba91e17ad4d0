import type { IntegrationSet } from '../../rules/routing/integrations.js';
import type { Given } from '../given.js';
import type { Sent } from '../publish-value.js';
import type { Manner, MessageResult, RuleTest, Run } from '../rule-test.js';

/** A recorded message. */
export interface Arrival {
  readonly kind: 'publish';
  /** Since the start of the capture, ms. */
  readonly at: number;
  /** Its number in the capture, from 1. */
  readonly id: number;
  readonly sent: Sent;
}

/** What happened in an incident, at a time in ms. */
export type Happening =
  | Arrival
  | { readonly kind: 'set'; readonly at: number; readonly set: IntegrationSet }
  | { readonly kind: 'cvmain'; readonly at: number; readonly manner: Manner };

/** A recorded incident: what happened, in order of time, and the rules it is decided by. */
export interface Incident {
  readonly given: Given;
  readonly happenings: readonly Happening[];
}

/** How a message ended, and in which frames it arrived and ended. */
export interface Ending extends Pick<MessageResult, 'result'> {
  readonly arrived: number;
  readonly ended: number;
}

/** Runs a rule test; `runRuleTest` of the pipeline. */
export type RunTest = (test: RuleTest) => Run;

/** The messages of an incident. */
export const arrivals = ({ happenings }: Incident): readonly Arrival[] =>
  happenings.filter((each): each is Arrival => each.kind === 'publish');

/**
 * The incident as a rule test whose letters are the messages' numbers. It expects nothing. Within a frame of a test cvmain
 * changes first, then the set, then messages arrive: what happened in another order gets frames of its own.
 */
export const asRuleTest = ({ given, happenings }: Incident): RuleTest => {
  const publishes: { frame: number; letter: string; sent: Sent }[] = [];
  const sets: { frame: number; set: IntegrationSet }[] = [];
  const manners: { frame: number; manner: Manner }[] = [];
  let frame = 0;
  for (const each of happenings) {
    const isBehind =
      (each.kind !== 'publish' && publishes.at(-1)?.frame === frame) ||
      (each.kind === 'cvmain' && sets.at(-1)?.frame === frame);
    frame = Math.max(isBehind ? frame + 1 : frame, Math.floor(each.at / given.frameMs));
    if (each.kind === 'publish') publishes.push({ frame, letter: `${each.id}`, sent: each.sent });
    else if (each.kind === 'set') sets.push({ frame, set: each.set });
    else manners.push({ frame, manner: each.manner });
  }
  const length = frame + 1;
  return { name: '', line: 1, given, publishes, sets, manners, expected: [], drawn: [], length };
};

/** How each message ends, by its number. */
export const endings = (incident: Incident, run: RunTest): ReadonlyMap<number, Ending> => {
  const test = asRuleTest(incident);
  const arrived = new Map(test.publishes.map(({ letter, frame }) => [letter, frame]));
  return new Map(
    run(test).results.map(({ letter, frame, result }) => [
      Number(letter),
      { arrived: arrived.get(letter) ?? 0, ended: frame, result },
    ]),
  );
};
