import { errorCode } from '../../util/error-code.js';
import type { CloseReason } from './connection.js';
import { reasonName } from './mqtt-client.js';

/** Detail when the other end closed the connection without error or reason. */
export const closedCleanly = 'the connection was closed';

/** What is known of a connection when it ends. */
export interface Ending {
  /** CONNACK accepted the connection. */
  readonly answered: boolean;
  /** The transport was up, so CONNECT was written, and this side did not end it. */
  readonly up: boolean;
  readonly error: Error | undefined;
  /** The reason code of the broker's DISCONNECT (MQTT 5, 3.14.2.1). */
  readonly serverReason: number | undefined;
}

const takenOver = 142;

/** CONNACK codes for an unsupported version, in 3.1.1 and 5. */
const unsupportedVersion: readonly number[] = [1, 132];

/** CONNACK and DISCONNECT codes for a refused login: identifier, user name and password, authorisation, ban. */
const refused: readonly number[] = [2, 4, 5, 133, 134, 135, 138];

/** CONNACK codes for a will that is retained, or of a QoS, that the broker does not support (MQTT 5, 3.2.2.2). */
const willRefused: readonly number[] = [154, 155];

/** System errors when the other end closed the connection with data under way. */
const hangUps: readonly string[] = ['ECONNRESET', 'EPIPE'];

/** Classifies the end of a connection. Details come from MQTT.js, the system or cvmqtt, and hold no credentials. */
export const closeReasonOf = ({ answered, up, error, serverReason }: Ending): CloseReason => {
  if (serverReason === takenOver) return { kind: 'taken-over' };
  const code = serverReason ?? (answered ? undefined : refusalOf(error));
  // Codes below 128 mean no reason in DISCONNECT, and are those of 3.1.1 in CONNACK.
  const isReason = code !== undefined && (serverReason === undefined || code >= 128);
  const how = serverReason === undefined ? 'connection refused' : 'disconnected by the broker';
  const name = isReason ? reasonName(code) : undefined;
  const detail =
    code === undefined
      ? textOf(error) || errorCode(error) || closedCleanly
      : `${how}: ${name ?? 'no reason given'} (${code})`;
  if (isReason && !answered && unsupportedVersion.includes(code)) return { kind: 'unsupported-version' };
  if (isReason && !answered && willRefused.includes(code)) return { kind: 'will-refused', detail };
  if (isReason && refused.includes(code)) return { kind: 'refused', detail };
  if (answered) return { kind: 'lost', detail };
  const closedByBroker = error === undefined || hangUps.includes(errorCode(error) ?? '');
  return up && closedByBroker && code === undefined ? { kind: 'hung-up' } : { kind: 'unreachable', detail };
};

/** The message of an OpenSSL error is about its code: addresses, functions and lines. Its reason is for people. */
const textOf = (error: Error | undefined): string | undefined =>
  error !== undefined && 'library' in error && 'reason' in error ? `TLS: ${error.reason}` : error?.message;

/** Code of a refusing CONNACK, which MQTT.js reports as an error. */
const refusalOf = (error: Error | undefined): number | undefined =>
  error !== undefined && 'code' in error && typeof error.code === 'number' ? error.code : undefined;

/** The reason as a text for people. */
export const closeReasonText = (reason: CloseReason): string => {
  switch (reason.kind) {
    case 'unsupported-version':
      return 'the broker does not support the mqtt_version set in mq/cvmqtt.json';
    case 'refused':
      return `the broker refused the login: ${reason.detail}`;
    case 'will-refused':
      return `the broker does not take the last will of health_topic: ${reason.detail}`;
    case 'taken-over':
      return 'another client with the same client id took over the session';
    case 'unreachable':
      return `the broker can't be reached: ${reason.detail}`;
    case 'hung-up':
      return 'the broker closed the connection without answering';
    case 'lost':
      return `the connection to the broker was lost: ${reason.detail}`;
  }
};
