import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AtEnd, temporaryDirectory } from './at-end.js';
import { startChild } from './child.js';
import { freePort } from './free-port.js';
import { serverToken, unitToken, username } from './login.js';

/** A broker of which a test needs only the port. */
export interface OtherBroker {
  readonly port: number;
}

/** Where Debian has the server itself; the one on the PATH changes to another user first. */
const program = '/usr/lib/rabbitmq/bin/rabbitmq-server';

/** A RabbitMQ with its MQTT plugin, the logins of the unit and of the server, and a directory of its own. */
export async function startRabbitmq(atEnd: AtEnd): Promise<OtherBroker> {
  const directory = await temporaryDirectory(atEnd);
  const [port, distribution, mapper] = [await freePort(), await freePort(), await freePort()];
  const definitions = join(directory, 'definitions.json');
  const config = join(directory, 'rabbitmq.conf');
  const plugins = join(directory, 'plugins');
  const users = [user(username, unitToken), user('server', serverToken)];
  const all = { vhost: '/', configure: '.*', write: '.*', read: '.*' };
  const permissions = users.map(({ name }) => ({ user: name, ...all }));
  await writeFile(definitions, JSON.stringify({ users, vhosts: [{ name: '/' }], permissions }));
  await writeFile(plugins, '[rabbitmq_mqtt].');
  await writeFile(
    config,
    [
      'listeners.tcp = none',
      `mqtt.listeners.tcp.1 = 127.0.0.1:${port}`,
      'mqtt.allow_anonymous = false',
      `load_definitions = ${definitions}`,
      'log.file = false',
      'log.console = true',
    ].join('\n'),
  );
  // epmd outlasts the server and ends only when no name is registered.
  atEnd(() => startChild(atEnd, 'epmd', ['-port', `${mapper}`, '-kill']).exited);
  // It leaves files in its working directory when it is killed.
  const server = startChild(atEnd, 'sh', ['-c', `cd "$HOME" && exec ${program}`], {
    HOME: directory,
    // Else the program that was started is not the server, and does not end it.
    RUNNING_UNDER_SYSTEMD: 'true',
    RABBITMQ_NODENAME: `cvmqtt-${port}@localhost`,
    RABBITMQ_DIST_PORT: `${distribution}`,
    ERL_EPMD_PORT: `${mapper}`,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_MNESIA_BASE: join(directory, 'mnesia'),
    RABBITMQ_LOG_BASE: join(directory, 'log'),
    RABBITMQ_PID_FILE: join(directory, 'pid'),
    RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
    RABBITMQ_CONFIG_FILE: config,
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none',
  });
  await server.stdout.first('RabbitMQ to run', (line) => line.includes('startup complete'), { ms: 120_000 });
  return { port };
}

const user = (name: string, password: string) => {
  const salt = randomBytes(4);
  const hash = createHash('sha256').update(salt).update(password).digest();
  return {
    name,
    password_hash: Buffer.concat([salt, hash]).toString('base64'),
    hashing_algorithm: 'rabbit_password_hashing_sha256',
    tags: '',
  };
};
