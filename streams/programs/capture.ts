import {
  concat,
  defer,
  ignoreElements,
  merge,
  type Observable,
  ReplaySubject,
  Subject,
  takeUntil,
  tap,
} from 'rxjs';
import { LineSink } from '../../lib/capture/line-sink.js';
import type { Output } from '../../lib/capture/output.js';
import { propertiesOfWire } from '../../lib/capture/properties.js';
import { surroundingLines, unknownSurroundings } from '../../lib/capture/surroundings.js';
import { headerLine, presenceLine, publishLine, setLine } from '../../lib/capture/write-line.js';
import { showBrokerAddress } from '../../lib/config/broker-address.js';
import type { DaemonEvent } from '../../lib/log/event.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import { latestFilters } from '../sources/latest-filters.js';
import { type Heard, type ListenDeps, listen } from '../sources/listen.js';

/** Dependencies of {@link capture}. */
export interface CaptureDeps extends Omit<ListenDeps, 'hasRoom' | 'room$'> {
  readonly clientId: string;
  /** The live set. It is recorded too, because publishes alone do not say what became of them. */
  readonly integrations$: Observable<IntegrationSet>;
  /** Whether cvmain serves, and each change: a replay knows then which calls failed. */
  readonly cvmainServes$: Observable<boolean>;
  readonly output: Output;
  readonly rotateBytes?: number;
  /** The capture ends with the message that reaches one of these limits. */
  readonly maxBytes?: number;
  readonly maxMessages?: number;
  /** Wall clock, ms since the epoch. */
  readonly now: () => number;
}

/** Progress of a capture. */
export interface CaptureCounts {
  messages: number;
  /** Written, or about to be. */
  bytes: number;
  /** If more than one: messages that arrived in between are missing from the capture. */
  connections: number;
}

/**
 * Records what the broker delivers, and the live set, until `stop$` or a limit; completes when all of it is written.
 * Times come from a clock that never jumps. A new file, or a connection to another broker, starts with a header of
 * its own, from which its times count. If the output is slower than the broker, the broker is not read. Errors with
 * the reason why the output cannot be written.
 */
export const capture = (deps: CaptureDeps, counts: CaptureCounts): Observable<never> =>
  defer(() => {
    const { scheduler, output, clientId, rotateBytes, report } = deps;
    const room = new Subject<void>();
    const stop = new ReplaySubject<void>(1);
    const startedAt = Math.floor(deps.now());
    const startTick = scheduler.now();
    /** Time of the current header, whole ms since the start. */
    let headerMs = 0;
    let header: Pick<Parameters<typeof headerLine>[0], 'filters' | 'broker' | 'mqttVersion'> | undefined;
    const { login$, filters } = latestFilters(deps.credentials$);
    let surroundings = unknownSurroundings;
    let failure: unknown;

    const elapsedMs = (): number => scheduler.now() - startTick;
    const offsetMs = (): number => Math.round((elapsedMs() - headerMs) * 1000) / 1000;

    const opening = (): readonly string[] => {
      if (header === undefined) return [];
      headerMs = Math.floor(elapsedMs());
      return [
        headerLine({ ...header, startedAt: startedAt + headerMs, clientId }),
        ...surroundingLines(surroundings),
      ];
    };
    const sink = new LineSink({
      output,
      ...(rotateBytes === undefined ? {} : { rotateBytes }),
      opening,
      room: () => room.next(),
      failed: (error) => {
        failure = error;
        stop.next();
      },
    });

    const connected = ({ address, protocolVersion }: DaemonEvent & { readonly kind: 'connected' }): void => {
      counts.connections += 1;
      const mqttVersion = protocolVersion === 5 ? '5' : '3.1.1';
      const now = {
        filters: filters().map(({ filter }) => filter),
        broker: showBrokerAddress(address),
        mqttVersion,
      } as const;
      if (JSON.stringify(now) === JSON.stringify(header)) return;
      header = now;
      sink.open();
    };

    const record = ({ publish, packetId, properties: wire }: Heard): void => {
      const properties = propertiesOfWire(wire);
      sink.write(() => {
        const offset = offsetMs();
        return publishLine({
          kind: 'publish',
          offsetMs: offset,
          publish: { ...publish, receivedAt: Math.floor(startedAt + headerMs + offset) },
          ...(packetId === undefined ? {} : { packetId }),
          ...(properties === undefined ? {} : { properties }),
        });
      });
      counts.messages += 1;
      counts.bytes = sink.bytes;
      const { maxMessages = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY } = deps;
      if (counts.messages >= maxMessages || counts.bytes >= maxBytes) stop.next();
    };

    const stop$ = merge(deps.stop$, stop);
    const sets$ = deps.integrations$.pipe(
      takeUntil(stop$),
      tap((integrations) => {
        surroundings = { ...surroundings, set: integrations };
        // Before the first header, the set is written with the header.
        if (header !== undefined)
          sink.write(() => setLine({ kind: 'set', offsetMs: offsetMs(), integrations }));
      }),
    );
    const presence$ = deps.cvmainServes$.pipe(
      takeUntil(stop$),
      tap((now) => {
        surroundings = { ...surroundings, serves: now };
        if (header !== undefined)
          sink.write(() => presenceLine({ kind: 'cvmain', offsetMs: offsetMs(), serves: now }));
      }),
    );
    const messages$ = listen({
      ...deps,
      credentials$: login$,
      hasRoom: () => sink.hasRoom,
      room$: room,
      stop$,
      report: (event) => {
        if (event.kind === 'connected') connected(event);
        report(event);
      },
    }).pipe(tap(record));
    const close = async (): Promise<void> => {
      await sink.close();
      counts.bytes = sink.bytes;
      if (failure !== undefined) throw failure;
    };
    return concat(merge(sets$, presence$, messages$), defer(close)).pipe(ignoreElements());
  });
