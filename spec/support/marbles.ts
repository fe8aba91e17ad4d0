import { map, NEVER, Observable, of, Subject } from 'rxjs';
import type { Outcome } from '../../lib/rules/delivery/outcome.js';
import type { NameFrom } from '../../lib/rules/message/decode.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import { topicFilter } from '../../lib/rules/message/topic-filter.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import type { Settlement } from '../../lib/rules/settlement.js';
import { type PipelineDeps, pipeline } from '../../streams/pipeline.js';
import { answering } from './deps.js';
import { ending, publishOf, registered, type Sent } from './shorthand.js';
import { marbles, nodeTimers, type Span, spanned } from './virtual-time.js';

/**
 * Rule tests: what comes in, how the world behaves, and what must come out, as aligned marble diagrams. One character
 * is one millisecond. Spaces are ignored, so they align what starts later. Within a millisecond, what is declared
 * first happens first. A publish has the same letter in every diagram.
 */
export interface Script {
  /** The publishes. A letter alone is a message for `int1`: `a` is `int1-a`. */
  publishes(marbles: string, values?: Letters<Sent>): void;
  /**
   * The sets of registered integrations: `['int1', 'int2@10.0.0.2:6002']`. Default: int1, int2, int3 from the start.
   */
  sets(marbles: string, values: Letters<readonly string[]>): void;
  /**
   * cvmain's answers to the calls for each publish, each diagram from the start of its call; later calls are accepted
   * at once.
   */
  cvmain(answers: Letters<string | readonly string[]>): void;
  /** When cvmain is found again after an absence, each diagram from its start: the number of failed probes. */
  serves(...marbles: readonly string[]): void;
  /** How long writing the dead letter of a publish takes: `--(s|)`. Default: no time. */
  stores(writes: Letters<string>): void;
  stops(marbles: string): void;
  unsubscribes(marbles: string): void;
  given(settings: Partial<Settings>): void;

  /** Expects the settlement of each publish: by default `notified`, else the given reason of its dead letter. */
  settlements(marbles: string, values?: Letters<string>, describe?: (settlement: Settlement) => string): void;
  /** Expects the calls to cvmain for each publish: when each begins and ends or is cancelled. */
  calls(marbles: Letters<string | readonly string[]>): void;
  /** Expects the notifications: by default `a to the notifier`, else for example `a to 10.0.0.2:6002`. */
  sends(marbles: string, values?: Letters<string>): void;
  /** Expects the probes of cvmain: when each begins and ends. */
  probes(...marbles: readonly string[]): void;
  /** Expects the writes of dead letters. */
  writes(marbles: Letters<string | readonly string[]>): void;
}

/** Values by letter. */
export type Letters<T> = Readonly<Record<string, T>>;

/** Settings of a rule test; each has a default. Times are in ms. */
export interface Settings
  extends Pick<
    PipelineDeps,
    | 'holdUnregisteredMs'
    | 'maxHeld'
    | 'maxWaitingQos0'
    | 'callsInFlight'
    | 'giveUpAfterMs'
    | 'retry'
    | 'random'
  > {
  readonly nameFrom: NameFrom;
  readonly filters: readonly string[];
  readonly reservedIntegrations: readonly string[];
  readonly viaNotifier: boolean;
  readonly toExternal: boolean;
}

const defaults: Settings = {
  nameFrom: 'auto',
  filters: ['s2u/cv12345/#'],
  reservedIntegrations: [],
  viaNotifier: true,
  toExternal: false,
  holdUnregisteredMs: 5,
  maxHeld: 100,
  maxWaitingQos0: 100,
  callsInFlight: 32,
  giveUpAfterMs: 300_000,
  // Without randomness, waits are 2, 4, 8, 8, … ms.
  retry: { baseMs: 2, capMs: 8 },
  random: () => 1,
};

/** cvmain's answers in a diagram. */
const outcomes: Letters<Outcome> = {
  '+': { kind: 'accepted' },
  x: { kind: 'refused', detail: 'refused by the test' },
  '~': { kind: 'failed', detail: 'failed by the test' },
  '?': { kind: 'away', detail: 'away by the test' },
};

/** Runs a rule test through the whole pipeline, in virtual time. */
export const rules = (test: (script: Script) => void): void =>
  marbles((helpers, scheduler) => {
    const { cold, hot, expectObservable, expectSubscriptions } = helpers;
    const letters = new Map<number, string>();
    const called = new Map<string, Span[]>();
    const written = new Map<string, Span[]>();
    const probed: Span[] = [];
    const sent$ = new Subject<string>();
    const expectations: (() => void)[] = [];
    const mentioned: Letters<unknown>[] = [];
    let published = '';
    let settings = defaults;
    let publish$: Observable<Publish> = NEVER;
    let integrations$: Observable<IntegrationSet> = of(registered(['int1', 'int2', 'int3']));
    let stop$: Observable<unknown> = NEVER;
    let answers: Letters<string | readonly string[]> = {};
    let writing: Letters<string> = {};
    let serving: readonly string[] = [];
    let subscription: string | undefined;
    let expectSettlements: ((actual: Observable<Settlement>) => void) | undefined;

    const letterOf = (seq: number): string => letters.get(seq) ?? `#${seq}`;

    const notify = answering(({ publish }, target) => {
      const letter = letterOf(publish.seq);
      const spans = spansOf(called, letter);
      if (spans.length > 1000) throw new Error(`calls without end for ${letter}`);
      sent$.next(`${letter} to ${target.kind === 'notifier' ? 'the notifier' : target.sendAddr}`);
      return spanned(spans, scheduler, cold(listed(answers[letter])[spans.length] ?? '+', outcomes));
    });

    test({
      publishes: (diagram, values = {}) => {
        allUsed(diagram, values);
        published = diagram;
        publish$ = hot(diagram).pipe(
          map((letter, seq) => {
            letters.set(seq, letter);
            return publishOf(seq, values[letter] ?? `int1-${letter}`);
          }),
        );
      },
      sets: (diagram, values) => {
        allUsed(diagram, values);
        integrations$ = hot(diagram).pipe(map((letter) => registered(values[letter] ?? [])));
      },
      cvmain: (given) => {
        answers = given;
        mentioned.push(given);
      },
      serves: (...diagrams) => {
        serving = diagrams;
      },
      stores: (given) => {
        writing = given;
        mentioned.push(given);
      },
      stops: (diagram) => {
        stop$ = hot(diagram);
      },
      unsubscribes: (diagram) => {
        subscription = diagram;
      },
      given: (changed) => {
        settings = { ...settings, ...changed };
      },
      settlements: (diagram, values = {}, describe = ending) => {
        expectSettlements = (actual) =>
          expectObservable(
            actual.pipe(map((each) => `${letterOf(each.publish.seq)}: ${describe(each)}`)),
            subscription ?? null,
          ).toBe(
            diagram,
            labelled(diagram, values, (letter) => `${letter}: ${values[letter] ?? 'notified'}`),
          );
      },
      sends: (diagram, values = {}) => {
        const expected = labelled(diagram, values, (letter) => values[letter] ?? `${letter} to the notifier`);
        expectations.push(() => expectObservable(sent$).toBe(diagram, expected));
      },
      calls: (diagrams) => {
        mentioned.push(diagrams);
        for (const [letter, diagram] of Object.entries(diagrams)) {
          expectations.push(() => expectSubscriptions(spansOf(called, letter)).toBe([...listed(diagram)]));
        }
      },
      probes: (...diagrams) => {
        expectations.push(() => expectSubscriptions(probed).toBe([...diagrams]));
      },
      writes: (diagrams) => {
        mentioned.push(diagrams);
        for (const [letter, diagram] of Object.entries(diagrams)) {
          expectations.push(() => expectSubscriptions(spansOf(written, letter)).toBe([...listed(diagram)]));
        }
      },
    });

    const { nameFrom, filters, reservedIntegrations, viaNotifier, toExternal, ...limits } = settings;
    const deps: PipelineDeps = {
      ...limits,
      decodeRules: { nameFrom, filters: filters.map(topicFilter) },
      policy: { viaNotifier, toExternal, reservedIntegrations: new Set(reservedIntegrations) },
      integrations$,
      stop$,
      scheduler: nodeTimers(scheduler),
      notify,
      whenServing$: new Observable((subscriber) => {
        const found$ = cold(serving[probed.length] ?? '-').pipe(map(Number));
        return spanned(probed, scheduler, found$).subscribe(subscriber);
      }),
      deadLetter: ({ publish }) => {
        const letter = letterOf(publish.seq);
        return spanned(spansOf(written, letter), scheduler, cold(writing[letter] ?? '(s|)'));
      },
    };
    if (expectSettlements === undefined) throw new Error('a rule test says which settlements it expects');
    for (const values of mentioned) allUsed(published, values);
    for (const expectation of expectations) expectation();
    expectSettlements(publish$.pipe(pipeline(deps)));
  });

const listed = (diagrams: string | readonly string[] | undefined): readonly string[] =>
  typeof diagrams === 'string' ? [diagrams] : (diagrams ?? []);

const labelled = (
  diagram: string,
  values: Letters<string>,
  label: (letter: string) => string,
): Letters<string> => {
  allUsed(diagram, values);
  return Object.fromEntries([...diagram].map((letter) => [letter, label(letter)]));
};

const allUsed = (diagram: string, values: Letters<unknown>): void => {
  const unused = Object.keys(values).filter((letter) => !diagram.includes(letter));
  if (unused.length > 0) throw new Error(`"${diagram}" has no ${unused.join(', ')}`);
};

const spansOf = (spans: Map<string, Span[]>, letter: string): Span[] => {
  const known = spans.get(letter) ?? [];
  spans.set(letter, known);
  return known;
};
