import { errorCode } from '../../util/error-code.js';
import type { CloseReason } from './connection.js';
import { reasonName } from './mqtt-client.js';

/** The detail of an end without an error and without a reason: the other end closed the connection. */
export const closedCleanly = 'the connection was closed';

/** What was seen of a connection until its end. */
export interface Ending {
  /** CONNACK came and accepted it. */
  readonly answered: boolean;
  /** The line was up, TLS and WebSocket included, so that CONNECT was written; and it was not ended by us. */
  readonly up: boolean;
  readonly error: Error | undefined;
  /** The reason code of the broker's DISCONNECT (MQTT 5, 3.14.2.1). */
  readonly serverReason: number | undefined;
}

const takenOver = 142;

/** CONNACK's codes for "not this version": 3.1.1's and 5's. */
const unsupportedVersion: readonly number[] = [1, 132];

/** CONNACK's codes, and DISCONNECT's, for a login that is refused: identifier, user name and password, authorisation, ban. */
const refused: readonly number[] = [2, 4, 5, 133, 134, 135, 138];

/** How the system says that the other end closed the line while something was on the way to it. */
const hangUps: readonly string[] = ['ECONNRESET', 'EPIPE'];

/** The reason of an ending. The details are the library's, our own or the system's words; they hold no credentials. */
export const closeReasonOf = ({ answered, up, error, serverReason }: Ending): CloseReason => {
  if (serverReason === takenOver) return { kind: 'taken-over' };
  const code = serverReason ?? (answered ? undefined : refusalOf(error));
  // Below 128 DISCONNECT gives no reason, and CONNACK those of 3.1.1.
  const matchesFilter = code !== undefined && (serverReason === undefined || code >= 128);
  const how = serverReason === undefined ? 'connection refused' : 'disconnected by the broker';
  const name = matchesFilter ? reasonName(code) : undefined;
  const detail =
    code === undefined
      ? error?.message || errorCode(error) || closedCleanly
      : `${how}: ${name ?? 'no reason given'} (${code})`;
  if (matchesFilter && !answered && unsupportedVersion.includes(code)) return { kind: 'unsupported-version' };
  if (matchesFilter && refused.includes(code)) return { kind: 'refused', detail };
  if (answered) return { kind: 'lost', detail };
  const closedByBroker = error === undefined || hangUps.includes(errorCode(error) ?? '');
  return up && closedByBroker && code === undefined ? { kind: 'hung-up' } : { kind: 'unreachable', detail };
};

/** The code of a CONNACK that MQTT.js made an error of. */
const refusalOf = (error: Error | undefined): number | undefined =>
  error !== undefined && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
