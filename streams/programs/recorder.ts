import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { type SchedulerLike, Subject } from 'rxjs';
import { headerLine, presenceLine, setLine } from '../../lib/capture/write-line.js';
import type { Clock } from '../../lib/clock/clock.js';
import { showBrokerAddress } from '../../lib/config/broker-address.js';
import type { Settings } from '../../lib/config/settings.js';
import { describe } from '../../lib/log/describe.js';
import type { DaemonEvent } from '../../lib/log/event.js';
import { arrivedLine, calledLine, eventLine, settledLine } from '../../lib/recorder/lines.js';
import { Ring } from '../../lib/recorder/ring.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import { madeDirectory, type StatusDirectory } from '../../lib/status/status-file.js';
import { errorCode } from '../../lib/util/error-code.js';
import { paced } from '../operators/paced.js';
import type { Observer } from './observer.js';

/** Dependencies of {@link recorder}. */
export interface RecorderDeps {
  readonly directory: StatusDirectory;
  readonly uid: number;
  readonly fileName: string;
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly scheduler: SchedulerLike;
  /** The topic filters of the latest login. */
  readonly filters: () => readonly string[];
  /** Called once with the reason why nothing can be recorded. The daemon runs without it. */
  readonly broken: (detail: string) => void;
}

/** Gets what happens in the daemon, and keeps the latest part of it in a file (docs/recorder.md). */
export interface Recorder extends Observer {
  report(event: DaemonEvent): void;
  setChanged(set: IntegrationSet): void;
  /** Applies new settings; the first call starts the recording. */
  configure(settings: Pick<Settings, 'recorder_max_bytes' | 'recorder_payloads'>): void;
  /** Writes what is left. The file stays: it is for the time after an incident. */
  close(): void;
}

/** How long lines wait to share a write, ms. A crash of the process loses no more than that. */
const gatherMs = 50;

/** As much is written without waiting, characters. */
const gatherLength = 16_384;

/** Keeps the latest part of what happened, of messages and of the daemon itself. */
export const recorder = (deps: RecorderDeps): Recorder => {
  const { directory, uid, fileName, clock, scheduler } = deps;
  const waiting$ = new Subject<void>();
  let lines: string[] = [];
  let length = 0;
  let ring: Ring | undefined;
  let maxBytes = 0;
  let payloads: Settings['recorder_payloads'] = 'full';
  let connection: { readonly broker: string; readonly mqttVersion: '3.1.1' | '5' } | undefined;
  let set: IntegrationSet | undefined;
  let serves: boolean | undefined;
  let startTick = 0;

  const offsetMs = (): number => Math.round((scheduler.now() - startTick) * 1_000) / 1_000;
  const opening = (): readonly string[] => {
    startTick = scheduler.now();
    const { broker = '', mqttVersion = '5' } = connection ?? {};
    const startedAt = Math.floor(clock.wallMs());
    return [
      headerLine({ startedAt, filters: deps.filters(), broker, mqttVersion, clientId: '', payloads }),
      ...(set === undefined ? [] : [setLine({ kind: 'set', offsetMs: 0, integrations: set })]),
      ...(serves === undefined ? [] : [presenceLine({ kind: 'cvmain', offsetMs: 0, serves })]),
    ];
  };
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      ring = undefined;
      deps.broken(`${join(directory.path, fileName)}: ${errorCode(error) ?? 'unknown error'}`);
    }
  };
  const flush = (): void => {
    const batch = lines;
    lines = [];
    length = 0;
    guarded(() => {
      ring?.write(batch);
      if (ring?.isFull) ring.turn(opening());
    });
  };
  const writes = waiting$.pipe(paced(gatherMs, scheduler)).subscribe(flush);
  const put = (line: string): void => {
    lines.push(line);
    length += line.length;
    if (length >= gatherLength) flush();
    else if (lines.length === 1) waiting$.next();
  };
  const close = (): void => {
    flush();
    guarded(() => ring?.close());
    ring = undefined;
  };

  return {
    configure: (settings) => {
      payloads = settings.recorder_payloads;
      if (settings.recorder_max_bytes === maxBytes) return;
      close();
      maxBytes = settings.recorder_max_bytes;
      const made = madeDirectory(directory, uid);
      if (E.isLeft(made)) deps.broken(made.left);
      else if (maxBytes > 0)
        guarded(() => {
          ring = new Ring(join(directory.path, fileName), maxBytes);
          ring.write([...opening(), eventLine('starting', 'the recording starts', 0)]);
        });
    },
    setChanged: (latest) => {
      set = latest;
      if (ring !== undefined) put(setLine({ kind: 'set', offsetMs: offsetMs(), integrations: latest }));
    },
    arrived: (publish) => {
      if (ring !== undefined) put(arrivedLine(publish, offsetMs(), payloads));
    },
    called: (ms, outcome, { publish }, target) => {
      if (ring !== undefined)
        put(calledLine(publish, offsetMs(), target, outcome, Math.round(ms * 1_000) / 1_000));
    },
    watch: () => undefined,
    report: (event) => {
      if (event.kind === 'cvmain-serves' || event.kind === 'cvmain-away')
        serves = event.kind === 'cvmain-serves';
      if (ring === undefined) return;
      if (event.kind === 'settled') {
        put(settledLine(event.settlement, offsetMs()));
        return;
      }
      if (event.kind === 'connected') {
        connection = {
          broker: showBrokerAddress(event.address),
          mqttVersion: event.protocolVersion === 5 ? '5' : '3.1.1',
        };
        for (const line of opening()) put(line);
      }
      // The set itself says more.
      if (event.kind === 'integrations') return;
      put(eventLine(event.kind, describe(event).message, offsetMs()));
      if (event.kind === 'cvmain-serves' || event.kind === 'cvmain-away')
        put(presenceLine({ kind: 'cvmain', offsetMs: offsetMs(), serves: event.kind === 'cvmain-serves' }));
    },
    close: () => {
      writes.unsubscribe();
      close();
    },
  };
};
