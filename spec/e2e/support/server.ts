import { connectServer, type SimServer } from '../../../sim/server.js';
import type { After } from './after.js';
import { serverToken } from './login.js';

/** The platform's server at this broker. */
export async function startServer(after: After, url: string): Promise<SimServer> {
  const server = await connectServer({ url, token: serverToken });
  after(server.close);
  return server;
}
