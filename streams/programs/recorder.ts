import { surroundingLines, unknownSurroundings } from '../../lib/capture/surroundings.js';
import { type CaptureHeader, headerLine, presenceLine, setLine } from '../../lib/capture/write-line.js';
import type { Clock } from '../../lib/clock/clock.js';
import { showBrokerAddress } from '../../lib/config/broker-address.js';
import type { Settings } from '../../lib/config/settings.js';
import { describe } from '../../lib/log/describe.js';
import type { DaemonEvent } from '../../lib/log/event.js';
import { arrivedLine, calledLine, eventLine, settledLine } from '../../lib/recorder/lines.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import type { Observer } from './observer.js';
import { RecorderFile, type RecorderFileDeps } from './recorder-file.js';

/** Dependencies of {@link recorder}. */
export interface RecorderDeps extends RecorderFileDeps {
  readonly clock: Pick<Clock, 'wallMs' | 'boot' | 'uptimeMs'>;
}

type RecorderSettings = Pick<Settings, 'recorder_max_bytes' | 'recorder_payloads'>;

/** Gets what happens in the daemon, and keeps the latest part of it in a file (docs/recorder.md). */
export interface Recorder extends Observer {
  report(event: DaemonEvent): void;
  setChanged(set: IntegrationSet): void;
  /** A login has these topic filters. */
  filtersChanged(filters: readonly string[]): void;
  /** Applies new settings; the first call starts the recording. */
  configure(settings: RecorderSettings): void;
  /** Writes what is left. The file stays: it is for the time after an incident. */
  close(): void;
}

/** Keeps the latest part of what happened, of messages and of the daemon itself. */
export const recorder = (deps: RecorderDeps): Recorder => {
  const { clock, scheduler } = deps;
  let settings: RecorderSettings = { recorder_max_bytes: 0, recorder_payloads: 'full' };
  let source: Pick<CaptureHeader, 'filters' | 'broker' | 'mqttVersion'> = {
    filters: [],
    broker: '',
    mqttVersion: '5',
  };
  let surroundings = unknownSurroundings;
  let startTick = 0;

  const offsetMs = (): number => Math.round((scheduler.now() - startTick) * 1_000) / 1_000;
  const opening = (): readonly string[] => {
    startTick = scheduler.now();
    const startedAt = Math.floor(clock.wallMs());
    const payloads = settings.recorder_payloads;
    const uptime = { boot: clock.boot, ms: Math.floor(clock.uptimeMs()) };
    return [
      headerLine({ ...source, startedAt, clientId: '', payloads, uptime }),
      ...surroundingLines(surroundings),
    ];
  };
  const file = new RecorderFile(deps, opening);

  const connected = ({ address, protocolVersion }: DaemonEvent & { readonly kind: 'connected' }): void => {
    source = {
      ...source,
      broker: showBrokerAddress(address),
      mqttVersion: protocolVersion === 5 ? '5' : '3.1.1',
    };
    for (const line of opening()) file.put(line);
  };
  const presence = (serves: boolean): void => {
    surroundings = { ...surroundings, serves };
    file.put(presenceLine({ kind: 'cvmain', offsetMs: offsetMs(), serves }));
  };

  return {
    configure: (latest) => {
      const before = settings.recorder_max_bytes;
      settings = latest;
      if (latest.recorder_max_bytes === before) return;
      file.close();
      if (latest.recorder_max_bytes > 0) {
        // A process that starts numbers its publishes from 1.
        const event = before === 0 ? 'starting' : 'recording';
        file.open(latest.recorder_max_bytes, eventLine(event, 'the recording starts', 0));
      }
    },
    setChanged: (set) => {
      surroundings = { ...surroundings, set };
      if (file.isOpen) file.put(setLine({ kind: 'set', offsetMs: offsetMs(), integrations: set }));
    },
    filtersChanged: (filters) => {
      source = { ...source, filters };
    },
    arrived: (publish) => {
      if (file.isOpen) file.put(arrivedLine(publish, offsetMs(), settings.recorder_payloads));
    },
    called: (ms, outcome, message, target) => {
      if (file.isOpen)
        file.put(calledLine(message, offsetMs(), target, outcome, Math.round(ms * 1_000) / 1_000));
    },
    watch: () => undefined,
    report: (event) => {
      if (event.kind === 'settled') {
        if (file.isOpen) file.put(settledLine(event.settlement, offsetMs()));
        return;
      }
      if (event.kind === 'connected') connected(event);
      // The set itself says more.
      if (event.kind !== 'integrations' && file.isOpen)
        file.put(eventLine(event.kind, describe(event).message, offsetMs()));
      if (event.kind === 'cvmain-serves' || event.kind === 'cvmain-away')
        presence(event.kind === 'cvmain-serves');
    },
    close: () => file.close(),
  };
};
