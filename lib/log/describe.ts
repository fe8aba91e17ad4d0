import { showBrokerAddress } from '../config/broker-address.js';
import { endReasonText } from '../mqtt/session/end-reason.js';
import { tallyLine } from '../rules/tally.js';
import { newerFileText } from '../storage/state-formats.js';
import { plural } from '../util/plural.js';
import { shortened } from '../util/printable.js';
import { held, identity, released, settled } from './describe-message.js';
import type { AppTraffic, DaemonEvent } from './event.js';
import { error, info, type LogRecord, warn } from './record.js';

/** The log record of an event. It holds no payload and no credential; names are untrusted and not yet escaped. */
export const describe = (event: DaemonEvent): LogRecord => {
  switch (event.kind) {
    case 'starting':
      return info(
        `cvmqtt ${event.version} starts: configuration in ${event.configDirectory}, state in ${event.stateDirectory}`,
        { version: event.version },
      );
    case 'waiting': {
      // cvmain is slow to start each time; `cvmain-absent` warns when it takes too long.
      const say = event.what === 'cvmain' ? info : warn;
      return say(`waiting for ${event.what}: ${event.detail}`, { waiting_for: event.what });
    }
    case 'odd-token':
      return warn(`the login: ${event.remarks.join('; ')}`);
    case 'cvmain-serves': {
      const { address, version, afterMs } = event;
      return afterMs === undefined
        ? info(`cvmain ${version} answers on ${address}`, { version })
        : warn(`cvmain ${version} answers again on ${address}, after ${seconds(afterMs)}`, { version });
    }
    case 'cvmain-away':
      return warn(`cvmain does not answer on ${event.address}; messages wait for it`, {
        for_ms: Math.ceil(event.forMs),
      });
    case 'cvmain-absent':
      return warn(
        `cvmain has not answered on ${event.address} for ${seconds(event.forMs)}; messages wait for it: ${event.detail}`,
      );
    case 'cvmain-fails':
      return warn(
        `cvmain answers on ${event.address}, but has accepted no message for ${seconds(event.forMs)}; latest reason: ${event.detail}`,
      );
    case 'cvmain-delivers':
      return warn(`cvmain accepts messages again on ${event.address}, after ${seconds(event.afterMs)}`);
    case 'integrations':
      // No message can be delivered.
      if (event.names.length === 0) return warn('registered: none', { count: 0 });
      return event.unreachable.length === 0
        ? info(`registered: ${list(event.names)}`, { count: event.names.length })
        : warn(
            `registered: ${list(event.names)}; can never receive a message, because of the dash in the name: ${list(event.unreachable)}`,
            { count: event.names.length, unreachable: event.unreachable.length },
          );
    case 'file-broken':
      return warn(`${event.file}: ${event.detail}; ${untilWhole[event.until]}`, { file: event.file });
    case 'file-whole':
      return warn(`${event.file} is valid again and in use`, { file: event.file });
    case 'connected': {
      const { address, protocolVersion, sessionPresent } = event;
      const version = protocolVersion === 5 ? '5' : '3.1.1';
      const session = sessionPresent ? 'session resumed' : 'new session';
      return info(`connected to ${showBrokerAddress(address)} with MQTT ${version}, ${session}`, {
        mqtt_version: version,
        session_present: sessionPresent,
      });
    }
    case 'subscribed':
      return info(`subscribed to ${list(event.filters)}`, { filters: event.filters });
    case 'subscription-refused':
      return warn(`the broker refused the subscription to ${list(event.filters)}: no message arrives on it`, {
        filters: event.filters,
      });
    case 'subscription-unanswered':
      return warn(
        `the broker did not acknowledge the subscription to ${list(event.filters)} within ${event.afterMs / 1000} s`,
        { filters: event.filters },
      );
    case 'granted-qos-0':
      return warn(
        `the broker granted only QoS 0 for ${list(event.filters)}: messages can be lost in transit`,
        { filters: event.filters },
      );
    case 'filters-overlap':
      return warn(
        `the token's topic filters ${list(event.filters)} overlap: the broker may deliver a message once per filter`,
        { filters: event.filters },
      );
    case 'session-expiry':
      return warn(
        `the broker keeps the session for ${event.grantedS} s, less than session_expiry_s (${event.askedS} s): messages are lost if the unit is away for longer`,
        { granted_s: event.grantedS, asked_s: event.askedS },
      );
    case 'disconnected': {
      const { reason, waitMs, conflictLikely } = event;
      const conflict = conflictLikely
        ? '; it keeps being lost: another client may be using the same client id'
        : '';
      return warn(`${endReasonText(reason)}${conflict}; next attempt in ${seconds(waitMs)}`, {
        reason: reason.kind,
        wait_ms: waitMs,
      });
    }
    case 'window-full':
      return warn(
        `the window is full: ${plural(event.messages, 'message')}, ${plural(event.bytes, 'byte')} unacknowledged; disconnecting until they are settled`,
        { messages: event.messages, bytes: event.bytes },
      );
    case 'held':
      return held(event);
    case 'released':
      return released(event);
    case 'settled':
      return settled(event.settlement);
    case 'traffic':
      return info(`in the last hour: ${tallyLine(event.tally)}${byApp(event.apps)}`, {
        ...event.tally,
        apps: event.apps,
      });
    case 'dead-letter-lost':
      return error(`a dead letter could not be stored: ${event.detail}`, {
        ...identity(event.letter),
        reason: event.letter.reason,
      });
    case 'configuration-changed':
      return info('the configuration has changed: continuing with it in the same session');
    case 'not-published':
      return warn(`not published: ${event.what}: ${event.detail}`, { what: event.what });
    case 'spool-broken':
      return error(`the spool: ${event.detail}`);
    case 'state-unusable':
      return error(`${event.detail}: state that can't be stored there is lost`);
    case 'state-newer':
      return error(newerFileText(event), { file: event.file, format: event.format, reads: event.reads });
    case 'systemd-unreachable':
      return error(`systemd can't be notified, and may restart the daemon: ${event.detail}`);
    case 'stuck':
      return error(`stuck: ${event.what} did not move; systemd restarts the daemon unless that changes`);
    case 'log-entries-dropped':
      return error(
        `${plural(event.entries, 'log entry', 'log entries')} dropped: the reader of the log is too slow`,
        {
          entries: event.entries,
        },
      );
    case 'stopping':
      return info('stopping: finishing calls in flight; other messages stay with the broker');
    case 'stopped':
      return info(`stopped: ${tallyLine(event.tally)}`, { ...event.tally });
  }
};

/** Whether an event is logged at level debug only: a message that was notified or spooled. */
export const isDetail = (event: DaemonEvent): boolean =>
  event.kind === 'settled' && event.settlement.kind !== 'dead-lettered';

const untilWhole = {
  'last-good': 'its previous content stays in use',
  waiting: 'waiting until it is valid',
  absent: 'ignored until it is valid',
} as const;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const byApp = (apps: readonly AppTraffic[]): string => {
  if (apps.length === 0) return '';
  const each = apps.map(({ name, notified, spooled, dead_letters: letters }) => {
    const counts = [
      ...(notified > 0 ? [`${notified} notified`] : []),
      ...(spooled > 0 ? [`${spooled} spooled`] : []),
      ...(letters > 0 ? [plural(letters, 'dead letter')] : []),
    ];
    return `${shortened(name, 100)} ${counts.join(', ')}`;
  });
  return `; ${each.join('; ')}`;
};

const list = (names: readonly string[]): string => {
  const shown = names.slice(0, 10).join(', ');
  if (names.length === 0) return 'none';
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
};
