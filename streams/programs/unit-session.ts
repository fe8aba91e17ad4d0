import type { Observable } from 'rxjs';
import type { Config } from '../../lib/config/config.js';
import { type Credentials, clientIdOf } from '../../lib/config/credentials.js';
import type { Report } from '../../lib/log/event.js';
import type { ConnectionEvents } from '../../lib/mqtt/connection/connection.js';
import { pingTimes } from '../../lib/mqtt/connection/pings.js';
import type { Outgoing } from '../../lib/mqtt/packets/write-publish.js';
import { brokerSession } from '../sources/broker-session.js';
import type { BrokerSession, BrokerSessionDeps } from '../sources/broker-session-deps.js';
import type { Outside } from './outside.js';

/** What is known of the broker session across changes of the configuration. */
export type KnownSession = Pick<BrokerSessionDeps, 'ackWindow' | 'record'>;

/** Dependencies of {@link unitSession}. */
export interface UnitSessionDeps extends KnownSession {
  readonly config: Config;
  readonly login$: Observable<Credentials>;
  readonly report: Report;
  /** What the session publishes; absent if nothing. */
  readonly publishing?: NonNullable<BrokerSessionDeps['publishing']>;
  /** What the broker publishes if a connection with this login ends without DISCONNECT. */
  readonly will?: (login: Credentials) => Outgoing | undefined;
  /** The broker does not take that. */
  readonly willRefused?: (login: Credentials) => void;
  readonly outside: Pick<Outside, 'openConnection' | 'scheduler' | 'random'>;
}

/** Calls take milliseconds; a message whose call takes longer is recognised when it comes again, ms. */
const handOverMs = 2_000;

const versions = { auto: 'auto', '5': 5, '3.1.1': 4 } as const;

/** The unit's session at its broker, by the settings; the client id is made of the username. */
export const unitSession = ({
  config,
  login$,
  outside,
  will,
  willRefused,
  ...deps
}: UnitSessionDeps): BrokerSession => {
  const { settings, ca } = config;
  const noting =
    (login: Credentials, { happened }: ConnectionEvents): ConnectionEvents['happened'] =>
    (event) => {
      if (event.kind === 'closed' && event.reason.kind === 'will-refused') willRefused?.(login);
      happened(event);
    };
  const { openConnection, scheduler, random } = outside;
  return brokerSession({
    ...deps,
    credentials$: login$,
    open: (login, protocolVersion, events) => {
      const last = will?.(login);
      return openConnection(
        {
          ...login,
          clientId: clientIdOf(login.username),
          protocolVersion,
          keepaliveS: settings.keepalive_s,
          sessionExpiryS: settings.session_expiry_s,
          receiveMaximum: settings.window_messages,
          ...(ca === undefined ? {} : { ca }),
          ...(last === undefined ? {} : { will: last }),
        },
        last === undefined ? events : { ...events, happened: noting(login, events) },
      );
    },
    protocolVersion: versions[settings.mqtt_version],
    windowMessages: settings.window_messages,
    windowBytes: settings.window_bytes,
    fullMs: pingTimes(settings.keepalive_s * 1_000).overdueMs,
    handOverMs,
    sessionExpiryS: settings.session_expiry_s,
    sharedGroup: settings.shared_group,
    reconnect: { baseMs: 1_000, capMs: 60_000 },
    stableMs: 60_000,
    scheduler,
    random,
  });
};
