import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AtEnd, temporaryDirectory } from './at-end.js';
import { startChild } from './child.js';
import { freePort } from './free-port.js';
import { serverToken, unitToken, username } from './login.js';
import type { OtherBroker } from './rabbitmq.js';

/** A NATS server with MQTT; it resends what is not acknowledged within `ackWaitS` on the same connection. */
export async function startNats(atEnd: AtEnd, ackWaitS: number): Promise<OtherBroker> {
  const directory = await temporaryDirectory(atEnd);
  const [port, own] = [await freePort(), await freePort()];
  const config = join(directory, 'nats.conf');
  await writeFile(
    config,
    `server_name: cvmqtt
     listen: "127.0.0.1:${own}"
     jetstream { store_dir: "${directory}" }
     mqtt { listen: "127.0.0.1:${port}", ack_wait: "${ackWaitS}s" }
     authorization { users: [
       { user: "${username}", password: "${unitToken}" }
       { user: "server", password: "${serverToken}" }
     ] }`,
  );
  const server = startChild(atEnd, 'nats-server', ['-c', config]);
  await server.stderr.first('NATS to run', (line) => line.includes('Server is ready'));
  return { port };
}
