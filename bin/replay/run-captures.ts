import { basename } from 'node:path';
import { fromEvent, merge, type Observable, ReplaySubject, Subscription } from 'rxjs';
import type { CaptureRecord } from '../../lib/capture/record.js';
import { untilBroken, withSets } from '../../lib/capture/select.js';
import { subscriptionOf } from '../../lib/capture/subscription.js';
import { RunCollector } from '../../lib/report/collect.js';
import type { Run } from '../../lib/report/run.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import type { Settlement } from '../../lib/rules/settlement.js';
import { count, newTally, tallyLine } from '../../lib/rules/tally.js';
import type { Notify } from '../../streams/delivery/deliver-deps.js';
import { monotonicScheduler } from '../../streams/monotonic-scheduler.js';
import { paced } from '../../streams/programs/replay/paced.js';
import { replay } from '../../streams/programs/replay/replay.js';
import { rulesOf, spoolBoundsOf } from '../../streams/rules.js';
import { complain } from '../command.js';
import { Output } from '../output.js';
import { brokenLines } from './broken-lines.js';
import { jsonLineOf, textLine } from './lines.js';
import type { Options } from './options.js';
import { showProgress } from './progress.js';
import type { Judging } from './rules.js';
import type { End } from './sink.js';
import type { Source } from './source.js';

/** What became of a replay. */
export interface Judged {
  /** Lines of the captures that were broken. */
  readonly broken: number;
  /** All was read, and settled. */
  readonly complete: boolean;
  /** What there is to draw, where a report is asked for. */
  readonly run?: Run;
}

/** Runs captures through the pipeline into `end`, tells each settlement on stdout and how far it is on stderr. */
export const judge = async (
  options: Options,
  judging: Judging,
  source: Source,
  end: End,
): Promise<Judged> => {
  const { clock } = end;
  const output = new Output(process.stdout);
  const broken = brokenLines();
  const tally = newTally();
  const subscription = subscriptionOf(judging.filters);
  let messages = 0;
  let startedAt: number | undefined;
  /** The time at which the run begins: with --from that is the first message that is wanted. */
  let origin = options.selection.from === undefined ? 0 : undefined;
  let setKnown = judging.integrations !== undefined || options.target.kind === 'cvmain';
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
        'cvmqtt replay: nothing tells which integrations were registered: judged as if none were (--integrations FILE)',
      );
    }
    collector?.arrived(publish);
  };

  const aside = (record: Exclude<CaptureRecord, { readonly kind: 'publish' }>): void => {
    if (record.kind === 'broken') {
      broken.take(record);
      collector?.skippedLine();
    } else if (record.kind === 'start') subscription.told(record.filters);
    else {
      setKnown = true;
      collector?.setChanged(record.integrations);
    }
  };

  const settled = (settlement: Settlement): void => {
    count(tally, settlement);
    collector?.settled(settlement);
    if (options.lines === 'text') output.add(textLine(settlement, now()));
    else if (options.lines === 'json') output.add(jsonLineOf(settlement, now()));
  };

  const notify: Notify =
    collector === undefined
      ? end.notify
      : (message, target, done) => {
          const called = collector.called(message, target);
          return end.notify(message, target, (outcome) => {
            called(outcome);
            done(outcome);
          });
        };

  const ended$ = new ReplaySubject<void>(1);
  const strict = options.strict ? untilBroken(source.records) : source.records;
  const timeline = options.target.kind === 'cvmain' ? [] : judging.timeline;
  const timed = timeline === undefined ? strict : withSets(timeline, strict);
  const records = options.speed === 'max' ? timed : paced(timed, options.speed, monotonicScheduler, ended$);
  if (judging.integrations !== undefined) collector?.setChanged(judging.integrations);

  const endProgress = showProgress({ part: source.part, messages: () => messages, tally });
  const interrupted$ = merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM'));
  let complete = false;
  const settlement$ = replay({
    records,
    rules: rulesOf({
      settings: judging.settings,
      cvmain: judging.cvmain,
      filters: () => subscription.filters,
      filtersAreGuessed: () => subscription.isGuess,
    }),
    clock,
    integrations$: end.integrations$,
    ...(end.whenServing$ === undefined ? {} : { whenServing$: end.whenServing$ }),
    notify,
    maxUnsettled: judging.settings.window_messages,
    spool: spoolBoundsOf(judging.settings),
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
    end.close();
  }
  const skipped = broken.count > 0 ? `; ${broken.count} broken lines` : '';
  const cut = complete ? '' : '; interrupted';
  complain(`${messages} messages: ${tallyLine(tally)}${skipped}${cut}`);
  const title = options.files.map((file) => (file === '-' ? 'stdin' : basename(file))).join(', ');
  const about = {
    title,
    ...(startedAt === undefined ? {} : { startedAt }),
    speed: typeof options.speed === 'number' ? `${options.speed}x` : options.speed,
    target: options.target.kind,
  };
  return {
    broken: broken.count,
    complete,
    ...(collector === undefined ? {} : { run: collector.run(about) }),
  };
};

/** Resolves with true when all has come, with false when it is stopped before. No operators: millions may come. */
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
