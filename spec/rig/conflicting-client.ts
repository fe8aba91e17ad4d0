import { connectAsync } from 'mqtt';
import type { AtEnd } from './at-end.js';
import { unitToken, username } from './login.js';

/** Another client with the daemon's client id, as after copying a memory card. It takes over the session. */
export interface ConflictingClient {
  leave(): Promise<void>;
}

/** Starts a client that reconnects at once whenever it is disconnected. */
export async function startConflictingClient(
  atEnd: AtEnd,
  url: string,
  protocolVersion: 4 | 5,
): Promise<ConflictingClient> {
  const client = await connectAsync(url, {
    clientId: `cvmqtt-${username}`,
    username,
    password: unitToken,
    protocolVersion,
    clean: false,
    ...(protocolVersion === 5 ? { properties: { sessionExpiryInterval: 3_600 } } : {}),
    reconnectPeriod: 10,
  });
  client.on('error', () => undefined);
  const leave = (): Promise<void> => client.endAsync(true);
  atEnd(leave);
  return { leave };
}
