import { connectServer, type SimServer } from '../../sim/server.js';
import type { AtEnd } from './at-end.js';
import { serverToken } from './login.js';

/** The platform's server at this broker. */
export async function startServer(atEnd: AtEnd, url: string): Promise<SimServer> {
  const server = await connectServer({ url, token: serverToken });
  atEnd(server.close);
  return server;
}
