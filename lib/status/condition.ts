import { showBrokerAddress } from '../config/broker-address.js';
import { describe } from '../log/describe.js';
import type { DaemonEvent } from '../log/event.js';
import { shortened } from '../util/printable.js';
import { type Fault, maxEntries, maxText, type Snapshot } from './snapshot.js';

/** The part of a snapshot that follows from the events. */
export type Condition = Pick<
  Snapshot,
  | 'version'
  | 'config_directory'
  | 'state_directory'
  | 'stopping'
  | 'login'
  | 'broker'
  | 'files'
  | 'registered'
> & { readonly cvmain: Pick<Snapshot['cvmain'], 'state' | 'since' | 'version' | 'last_error'> };

/** Nothing is known yet. */
export const newCondition = (now: number): Condition => ({
  version: '',
  config_directory: '',
  state_directory: '',
  stopping: false,
  login: null,
  cvmain: { state: 'unknown', since: now, version: null, last_error: null },
  broker: {
    state: 'unknown',
    since: now,
    address: null,
    mqtt_version: null,
    session_present: false,
    filters: [],
    granted_qos: 1,
    reconnects: -1,
    last_error: null,
  },
  files: { last_error: null, waits_for: [] },
  registered: [],
});

/** The condition after an event at `now`, an uptime in ms. Returns the same object if the event changes nothing. */
export const conditionAfter = (before: Condition, event: DaemonEvent, now: number): Condition => {
  const { cvmain, broker, files } = before;
  const othersThan = (name: string) => files.waits_for?.filter(({ file }) => file !== name) ?? [];
  const fault = (text = describe(event).message): Fault => ({ at: now, text: shortened(text, maxText) });
  const cvmainIs = (state: Condition['cvmain']['state'], more: Partial<Condition['cvmain']>): Condition => ({
    ...before,
    cvmain: { ...cvmain, ...more, state, since: cvmain.state === state ? cvmain.since : now },
  });
  const brokerIs = (state: Condition['broker']['state'], more: Partial<Condition['broker']>): Condition => ({
    ...before,
    broker: { ...broker, ...more, state, since: broker.state === state ? broker.since : now },
  });
  switch (event.kind) {
    case 'starting':
      return {
        ...before,
        version: event.version,
        config_directory: shortened(event.configDirectory, maxText),
        state_directory: shortened(event.stateDirectory, maxText),
      };
    case 'waiting':
      return event.what === 'cvmain'
        ? // What waits is said where this is shown.
          cvmainIs('away', { last_error: fault(event.detail) })
        : {
            ...before,
            login: { waits_for: event.what, since: now, detail: shortened(event.detail, maxText) },
          };
    case 'cvmain-serves':
      return cvmainIs('serves', { version: shortened(event.version, maxText) });
    case 'cvmain-delivers':
      return cvmainIs('serves', {});
    case 'cvmain-away':
    case 'cvmain-absent':
      return cvmainIs('away', { last_error: fault() });
    case 'cvmain-fails':
      return cvmainIs('fails', { last_error: fault() });
    case 'integrations':
      return { ...before, registered: few(event.names) };
    case 'connected':
      return {
        ...brokerIs('connected', {
          address: shortened(showBrokerAddress(event.address), maxText),
          mqtt_version: event.protocolVersion === 5 ? '5' : '3.1.1',
          session_present: event.sessionPresent,
          granted_qos: 1,
          reconnects: broker.reconnects + 1,
        }),
        login: null,
      };
    case 'subscribed':
      return brokerIs('subscribed', { filters: few(event.filters) });
    case 'granted-qos-0':
      return { ...before, broker: { ...broker, granted_qos: 0 } };
    case 'subscription-refused':
    case 'subscription-unanswered':
    case 'window-full':
      return { ...before, broker: { ...broker, last_error: fault() } };
    case 'disconnected':
      return { ...brokerIs('away', { last_error: fault() }), login: null };
    case 'file-broken': {
      const { file, detail, until } = event;
      const since = files.waits_for?.find((each) => each.file === file)?.since ?? now;
      const waits = until === 'waiting' ? [{ file, since, detail: shortened(detail, maxText) }] : [];
      return { ...before, files: { last_error: fault(), waits_for: [...othersThan(file), ...waits] } };
    }
    case 'file-whole':
      return { ...before, files: { ...files, waits_for: othersThan(event.file) } };
    case 'spool-broken':
    case 'state-unusable':
    case 'state-newer':
    case 'dead-letter-lost':
      return { ...before, files: { ...files, last_error: fault() } };
    case 'stopping':
      return { ...before, stopping: true };
    case 'odd-token':
    case 'filters-overlap':
    case 'session-expiry':
    case 'not-published':
    case 'held':
    case 'released':
    case 'settled':
    case 'traffic':
    case 'configuration-changed':
    case 'log-entries-dropped':
    case 'systemd-unreachable':
    case 'stuck':
    case 'stopped':
      return before;
  }
};

const few = (names: readonly string[]): readonly string[] =>
  names.slice(0, maxEntries).map((name) => shortened(name, maxText));
