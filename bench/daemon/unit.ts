import { mkdir, writeFile } from 'node:fs/promises';
import { layout } from '../../lib/config/layout.js';
import { signToken, unitClaims } from '../../sim/token.js';
import { type AtEnd, temporaryDirectory } from '../../spec/rig/at-end.js';
import { namesOf } from './message.js';

/** A unit for a program to serve: its login, and cvmain's configuration directory. */
export interface Unit {
  readonly home: string;
  readonly clientId: string;
  /** The subscribed topic filter. */
  readonly filter: string;
  /** The topic of its messages. */
  readonly topic: string;
}

export interface UnitOptions {
  readonly brokerPort: number;
  readonly cvmainPort: number;
  /** Number of registered integrations. */
  readonly integrations: number;
}

let units = 0;

/** Makes a unit with a username of its own, hence a session of its own. */
export const makeUnit = async (
  atEnd: AtEnd,
  { brokerPort, cvmainPort, integrations }: UnitOptions,
): Promise<Unit> => {
  const home = await temporaryDirectory(atEnd);
  units += 1;
  const username = `cv${units}`;
  const files = layout(home);
  const registrations = namesOf(integrations).map((name) => ({ name }));
  const password = signToken('the secret of the bench', unitClaims(username, 4_000_000_000));
  const write = (file: string, content: object): Promise<void> => writeFile(file, JSON.stringify(content));
  await mkdir(files.mq);
  await write(files.cvmain, { local_server: { bind_addr: `127.0.0.1:${cvmainPort}` } });
  await write(files.credentials, { server_uri: `tcp://127.0.0.1:${brokerPort}`, username, password });
  await write(files.integrations, registrations);
  return {
    home,
    clientId: `cvmqtt-${username}`,
    filter: `s2u/${username}/#`,
    topic: `s2u/${username}/command`,
  };
};
