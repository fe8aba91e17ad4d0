import { merge, NEVER, Observable, ReplaySubject, type Subscriber } from 'rxjs';
import type { CaptureRecord, Records } from '../../../lib/capture/record.js';
import type { Publish } from '../../../lib/rules/message/publish.js';
import type { IntegrationSet } from '../../../lib/rules/routing/integrations.js';
import type { DeadLettered, Notified } from '../../../lib/rules/settlement.js';
import type { Notify } from '../../delivery/deliver-deps.js';
import { pipelineInMemory } from '../../pipeline-in-memory.js';
import type { Rules, SpoolBounds } from '../../rules.js';
import type { ReplayClock } from './clock.js';

/** Dependencies of {@link replay}. */
export interface ReplayDeps {
  readonly records: Records;
  readonly rules: Rules;
  readonly clock: ReplayClock;
  /** The live set, in addition to the sets in the records. Nothing is decided before there is one. */
  readonly integrations$: Observable<IntegrationSet>;
  readonly notify: Notify;
  /** Emits once when cvmain serves again, after an outcome `away`. */
  readonly whenServing$?: Observable<number>;
  /** The spool of the daemon; undefined if it has none. */
  readonly spool: SpoolBounds | undefined;
  /** If time passes: how many messages may be unsettled before the next records are read. */
  readonly maxUnsettled: number;
  /** Called for each record other than a publish, before the records after it. */
  readonly aside: (record: Exclude<CaptureRecord, { readonly kind: 'publish' }>) => void;
  /** Called for each publish before it is decided. */
  readonly arrived?: (publish: Publish, offsetMs: number) => void;
  /** Resolves when the next records may be read, because the output was written. */
  readonly ready: () => Promise<unknown> | undefined;
  readonly random: () => number;
}

/**
 * Runs the pipeline of the daemon over a capture, without writes: emits the result of each publish, and completes
 * after the last one. Reads no faster than results are taken, so memory stays flat however long the capture is.
 * Errors if the capture cannot be read.
 */
export const replay = (deps: ReplayDeps): Observable<Notified | DeadLettered> =>
  new Observable((subscriber) => {
    const { clock } = deps;
    const recorded$ = new ReplaySubject<IntegrationSet>(1);
    let unsettled = 0;
    let settledSome = (): void => undefined;

    const take = (record: CaptureRecord, publishes: Subscriber<Publish>): void => {
      if ('offsetMs' in record) clock.reach(record.offsetMs);
      if (record.kind === 'publish') {
        unsettled += 1;
        deps.arrived?.(record.publish, record.offsetMs);
        publishes.next(record.publish);
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

    const play = async (publishes: Subscriber<Publish>): Promise<void> => {
      for await (const batch of deps.records) {
        // Also after a batch without records: a compressed file may have nothing else for long.
        if (subscriber.closed) return;
        for (const record of batch) {
          if (subscriber.closed) return;
          take(record, publishes);
        }
        await room();
      }
      publishes.complete();
      clock.end();
    };

    subscriber.add(() => settledSome());
    subscriber.add(
      // Not a Subject, which would create a list of observers and a closure for each message.
      new Observable<Publish>((publishes) => {
        play(publishes).catch((error: unknown) => publishes.error(error));
      })
        .pipe(
          pipelineInMemory({
            ...deps.rules,
            integrations$: merge(deps.integrations$, recorded$),
            spool: deps.spool,
            notify: deps.notify,
            whenServing$: deps.whenServing$ ?? NEVER,
            stop$: NEVER,
            acknowledged: () => {
              unsettled -= 1;
              settledSome();
            },
            scheduler: clock.scheduler,
            random: deps.random,
          }),
        )
        .subscribe(subscriber),
    );
  });
