import { basename } from 'node:path';
import { fromEvent, merge, type Observable, ReplaySubject, Subscription } from 'rxjs';
import { backAtEnd, withOutages } from '../../lib/capture/outages.js';
import type { CaptureRecord } from '../../lib/capture/record.js';
import { untilBroken, withSets } from '../../lib/capture/select.js';
import { subscriptionOf } from '../../lib/capture/subscription.js';
import { RunCollector } from '../../lib/report/collect.js';
import type { Run } from '../../lib/report/run.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import type { Settlement } from '../../lib/rules/settlement.js';
import { count, newTally, tallyLine } from '../../lib/rules/tally.js';
import { plural } from '../../lib/util/plural.js';
import type { Notify } from '../../streams/delivery/deliver-deps.js';
import { monotonicScheduler } from '../../streams/monotonic-scheduler.js';
import { paced } from '../../streams/programs/replay/paced.js';
import { replay } from '../../streams/programs/replay/replay.js';
import { rulesOf, spoolBoundsOf } from '../../streams/rules.js';
import { complain } from '../command.js';
import { noneOf } from '../none-of.js';
import { Output } from '../output.js';
import { brokenLines } from './broken-lines.js';
import { type CallsFrom, jsonLineOf, textLine } from './lines.js';
import type { Options } from './options.js';
import { showProgress } from './progress.js';
import { sayOtherCalls } from './recorded-calls.js';
import type { ReplayRules } from './rules.js';
import type { Sink } from './sink.js';
import type { Source } from './source.js';

/** The result of a replay. */
export interface ReplayResult {
  /** Number of broken lines in the captures. */
  readonly broken: number;
  /** Whether every message was read and settled. */
  readonly complete: boolean;
  /** The run for a report, if the options ask for one. */
  readonly run?: Run;
}

/** Sees the messages of a run. */
export interface Watch {
  /** `atMs`: since the start of the run. */
  readonly arrived: (publish: Publish, atMs: number) => void;
  readonly settled: (settlement: Settlement) => void;
}

/** Runs captures through the pipeline into `sink`; prints each settlement on stdout and the progress on stderr. */
export const runCaptures = async (
  options: Options,
  rules: ReplayRules,
  source: Source,
  sink: Sink,
  watch?: Watch,
): Promise<ReplayResult> => {
  const { clock } = sink;
  const output = new Output(process.stdout);
  const broken = brokenLines();
  const tally = newTally();
  const subscription = subscriptionOf(rules.filters);
  let calls: CallsFrom = options.target.kind === 'cvmain' ? 'made' : 'assumed';
  let messages = 0;
  let startedAt: number | undefined;
  /** The time at which the run begins: with --from, that of the first selected message. */
  let origin = options.selection.from === undefined ? 0 : undefined;
  let setKnown = rules.integrations !== undefined || options.target.kind === 'cvmain';
  const now = (): number => (origin === undefined ? 0 : clock.scheduler.now() - origin);
  const collector = options.report && new RunCollector(now);

  const arrived = (publish: Publish, offsetMs: number): void => {
    messages += 1;
    origin ??= clock.scheduler.now();
    startedAt ??= publish.receivedAt - offsetMs + origin;
    subscription.seen(publish.topic);
    if (!setKnown) {
      setKnown = true;
      complain(
        'cvmqtt replay: the capture has no set of integrations: taking none as registered (see --integrations)',
      );
    }
    collector?.arrived(publish);
    watch?.arrived(publish, now());
  };

  const otherCalls = sayOtherCalls(options, rules);
  const aside = (record: Exclude<CaptureRecord, { readonly kind: 'publish' }>): void => {
    if (record.kind === 'broken') {
      broken.take(record);
      collector?.skippedLine();
    } else if (record.kind === 'start') {
      subscription.captured(record.filters);
      if (record.isRecording) otherCalls();
    } else if (record.kind === 'cvmain') {
      if (calls === 'assumed') calls = 'recorded';
      sink.recorded?.(record.serves);
    } else if (record.kind === 'set') {
      setKnown = true;
      collector?.setChanged(record.integrations);
    }
  };

  const settled = (settlement: Settlement): void => {
    count(tally, settlement);
    collector?.settled(settlement);
    watch?.settled(settlement);
    if (options.lines === 'text') output.add(textLine(settlement, now()));
    else if (options.lines === 'json') output.add(jsonLineOf(settlement, now(), calls));
  };

  const notify: Notify =
    collector === undefined
      ? sink.notify
      : (message, target, done) => {
          const called = collector.called(message, target);
          return sink.notify(message, target, (outcome) => {
            called(outcome);
            done(outcome);
          });
        };

  const ended$ = new ReplaySubject<void>(1);
  const strict = options.strict ? untilBroken(source.records) : source.records;
  const timeline = options.target.kind === 'cvmain' ? [] : rules.timeline;
  const withKnownSets = timeline === undefined ? strict : withSets(timeline, strict);
  const timed = backAtEnd(
    rules.outages === undefined ? withKnownSets : withOutages(rules.outages, withKnownSets),
    () =>
      complain('cvmqtt replay: cvmain was away at the end of the capture: it counts as back from there on'),
  );
  const records = options.speed === 'max' ? timed : paced(timed, options.speed, monotonicScheduler, ended$);
  if (rules.integrations !== undefined) collector?.setChanged(rules.integrations);

  const endProgress = showProgress({ part: source.part, messages: () => messages, tally });
  const interrupted$ = merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM'));
  let complete = false;
  const settlement$ = replay({
    records,
    rules: rulesOf({
      settings: rules.settings,
      cvmain: rules.cvmain,
      filters: () => subscription.filters,
      filtersAreGuessed: () => subscription.isGuess,
    }),
    clock,
    integrations$: sink.integrations$,
    ...(sink.whenServing$ === undefined ? {} : { whenServing$: sink.whenServing$ }),
    notify,
    maxUnsettled: rules.settings.window_messages,
    spool: spoolBoundsOf(rules.settings),
    aside,
    arrived,
    ready: () => output.ready(),
    random: Math.random,
  });
  try {
    complete = await completed(settlement$, settled, merge(interrupted$, output.gone$));
  } finally {
    ended$.next();
    endProgress();
    output.flush();
    sink.close();
  }
  if (messages === 0 && complete && source.found() > 0)
    complain(`cvmqtt replay: ${noneOf(source.found())} selected by --from, --to or --filter`);
  const skipped = broken.count > 0 ? `; ${plural(broken.count, 'broken line')}` : '';
  const cut = complete ? '' : '; interrupted';
  if (calls === 'assumed' && messages > 0)
    complain(
      'cvmqtt replay: each call to cvmain is assumed to succeed, as nothing says when it was away (see --outages)',
    );
  complain(`${plural(messages, 'message')}: ${tallyLine(tally)}${skipped}${cut}`);
  const title = options.files.map((file) => (file === '-' ? 'stdin' : basename(file))).join(', ');
  const about = {
    title,
    ...(startedAt === undefined ? {} : { startedAt }),
    speed: typeof options.speed === 'number' ? `${options.speed}x` : options.speed,
    target: options.target.kind,
    calls,
  };
  return {
    broken: broken.count,
    complete,
    ...(collector === undefined ? {} : { run: collector.run(about) }),
  };
};

/** Resolves with true on completion, with false if stopped before. Without operators, as millions of values may come. */
const completed = <T>(
  source$: Observable<T>,
  next: (value: T) => void,
  stop$: Observable<unknown>,
): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const subscription = new Subscription();
    const end = (isComplete: boolean): void => {
      subscription.unsubscribe();
      resolve(isComplete);
    };
    subscription.add(stop$.subscribe(() => end(false)));
    subscription.add(source$.subscribe({ next, error: reject, complete: () => end(true) }));
  });
