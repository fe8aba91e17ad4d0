import { connectAsync } from 'mqtt';
import type { AtEnd } from './at-end.js';
import { unitToken, username } from './login.js';

/** Another client with the client id of the daemon, as a copied memory card makes one: it wants the session for itself. */
export interface Rival {
  leave(): Promise<void>;
}

/** Starts one that comes back at once, whenever it is thrown out. */
export async function startRival(atEnd: AtEnd, url: string, protocolVersion: 4 | 5): Promise<Rival> {
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
