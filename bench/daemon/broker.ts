import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { type AtEnd, temporaryDirectory } from '../../spec/rig/at-end.js';
import { startChild } from '../../spec/rig/child.js';
import { freePort } from '../../spec/rig/free-port.js';

/** A mosquitto that accepts any login and queues without bound. */
export interface Broker {
  readonly port: number;
  /** Resolves when a client with this id has subscribed this many times since the broker started. */
  subscribed(clientId: string, times?: number): Promise<unknown>;
}

/**
 * Starts the broker; `inFlight` is its limit of unacknowledged messages per client, `more` are lines of its
 * configuration.
 */
export const startBroker = async (
  atEnd: AtEnd,
  inFlight: number,
  more: readonly string[] = [],
): Promise<Broker> => {
  const directory = await temporaryDirectory(atEnd);
  const port = await freePort();
  const config = join(directory, 'mosquitto.conf');
  const lines = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    // Started as root, mosquitto would switch to a user that may not read this directory.
    `user ${userInfo().username}`,
    'max_queued_messages 0',
    `max_inflight_messages ${inFlight}`,
    'log_dest stderr',
    ...['error', 'warning', 'notice', 'information', 'subscribe'].map((type) => `log_type ${type}`),
    ...more,
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  const child = startChild(atEnd, 'mosquitto', ['-c', config]);
  await child.stderr.first('mosquitto to run', (line) => /mosquitto version .* running/.test(line));
  return {
    port,
    subscribed: (clientId, nth = 1) =>
      child.stderr.first(`${clientId} to subscribe`, (line) => line.includes(` ${clientId} 1 `), { nth }),
  };
};

/** Creates a persistent session with a subscription: publishes from now on wait in it. */
export const makeSession = async (broker: Broker, clientId: string, filter: string): Promise<void> => {
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { clientId, clean: false });
  await client.subscribeAsync(filter, { qos: 1 });
  await client.endAsync();
};
