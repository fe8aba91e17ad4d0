import { merge, NEVER, Observable, of, ReplaySubject, Subject } from 'rxjs';
import type { CaptureRecord, Records } from '../../lib/capture/record.js';
import type { Publish } from '../../lib/message/publish.js';
import type { IntegrationSet } from '../../lib/routing/integrations.js';
import type { Settlement } from '../../lib/settlement.js';
import type { Notify } from '../deliver-deps.js';
import { pipeline } from '../pipeline.js';
import type { Rules } from '../rules.js';
import type { SpoolRules } from '../spooling.js';
import type { ReplayClock } from './clock.js';
import { ReplaySpool, type ReplaySpoolDeps } from './spool.js';

/** What a replay stands on. */
export interface ReplayDeps {
  readonly records: Records;
  readonly rules: Rules;
  readonly clock: ReplayClock;
  /** The live set, beside what the records have of it; nothing is decided before there is one. */
  readonly integrations$: Observable<IntegrationSet>;
  readonly notify: Notify;
  /** Emits once when cvmain serves again, after an outcome `away`. */
  readonly whenServing$?: Observable<number>;
  /** How much the daemon's spool takes, and when; absent where there is none. */
  readonly spool?: Pick<ReplaySpoolDeps, 'maxBytes' | 'maxAgeMs'> & { readonly rules: SpoolRules };
  /** Where time passes: how many messages may be unsettled before the next records are taken. */
  readonly maxUnsettled: number;
  /** Told of each record that is no publish, before what follows it. */
  readonly aside: (record: Exclude<CaptureRecord, { readonly kind: 'publish' }>) => void;
  /** Told of each publish before it is decided. */
  readonly arrived?: (publish: Publish, offsetMs: number) => void;
  /** Resolves when the next records may be taken: what was printed has been taken off. */
  readonly ready: () => Promise<unknown> | undefined;
  readonly random: () => number;
}

/**
 * Runs the daemon's pipeline over a capture: emits the settlement of each publish, and completes when all are settled.
 * Reading waits for what was read before, so memory stays flat however long the capture is. Nothing is stored: a dead
 * letter is a settlement like another, and what the daemon would spool waits in memory for its end. Errors when the capture can't be read.
 */
export const replay = (deps: ReplayDeps): Observable<Settlement> =>
  new Observable((subscriber) => {
    const { clock, rules } = deps;
    const publish$ = new Subject<Publish>();
    const recorded$ = new ReplaySubject<IntegrationSet>(1);
    const { decodeRules } = rules;
    const { scheduler } = clock;
    const spool = deps.spool && new ReplaySpool({ ...deps.spool, decodeRules, scheduler });
    /** Settled for the broker, and not for good. */
    const spooled = new Set<number>();
    let unsettled = 0;
    let settledSome = (): void => undefined;

    const take = (record: CaptureRecord): void => {
      if ('offsetMs' in record) clock.reach(record.offsetMs);
      if (record.kind === 'publish') {
        unsettled += 1;
        deps.arrived?.(record.publish, record.offsetMs);
        publish$.next(record.publish);
        return;
      }
      deps.aside(record);
      if (record.kind === 'set') recorded$.next(record.integrations);
    };

    const room = async (): Promise<void> => {
      await deps.ready();
      while (clock.passes && unsettled >= deps.maxUnsettled && !subscriber.closed) {
        await new Promise<void>((resolve) => {
          settledSome = resolve;
        });
      }
    };

    const play = async (): Promise<void> => {
      for await (const batch of deps.records) {
        for (const record of batch) {
          if (subscriber.closed) return;
          take(record);
        }
        await room();
      }
      publish$.complete();
      clock.end();
    };

    subscriber.add(() => settledSome());
    subscriber.add(
      publish$
        .pipe(
          pipeline({
            ...rules,
            integrations$: merge(deps.integrations$, recorded$),
            ...(deps.spool === undefined || spool === undefined
              ? {}
              : { spool: { spool, rules: deps.spool.rules } }),
            notify: (message, target, done) => deps.notify(numbered(message), target, done),
            whenServing$: deps.whenServing$ ?? NEVER,
            stop$: NEVER,
            deadLetter: of,
            scheduler,
            random: deps.random,
          }),
        )
        .subscribe({
          next: (settlement) => {
            const isFirst = spooled.size === 0 || !spooled.delete(Math.abs(settlement.publish.seq));
            if (isFirst) unsettled -= 1;
            settledSome();
            if (settlement.kind === 'spooled') {
              spooled.add(settlement.publish.seq);
              spool?.stored(settlement);
            } else subscriber.next(numbered(settlement));
          },
          error: (bug) => subscriber.error(bug),
          complete: () => subscriber.complete(),
        }),
    );
    play().catch((error: unknown) => subscriber.error(error));
  });

/** With the number that the publish has in the capture: while it is in the spool, it has none of its own. */
const numbered = <A extends { readonly publish: Publish }>(about: A): A => {
  const { publish } = about;
  return publish.seq >= 0 ? about : { ...about, publish: { ...publish, seq: -publish.seq } };
};
