import { connectAsync } from 'mqtt';
import type { Envelope } from '../../sim/server.js';
import type { AtEnd } from './at-end.js';
import { serverToken } from './login.js';

/** The platform's server with MQTT 5, which has a message expiry interval. */
export interface Server5 {
  /** Resolves after PUBACK. */
  send(username: string, envelope: Envelope, options: { readonly expiryS: number }): Promise<void>;
}

/** Connects to this broker. */
export async function startServer5(atEnd: AtEnd, url: string): Promise<Server5> {
  const login = { username: 'server', password: serverToken };
  const client = await connectAsync(url, { ...login, protocolVersion: 5, reconnectPeriod: 0 });
  atEnd(() => client.endAsync(true));
  return {
    send: async (username, envelope, { expiryS }) => {
      const properties = { messageExpiryInterval: expiryS };
      const payload = JSON.stringify(envelope);
      await client.publishAsync(`s2u/${username}/command`, payload, { qos: 1, properties });
    },
  };
}
