import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type AtEnd, temporaryDirectory } from './at-end.js';
import { type Child, startChild } from './child.js';
import { freePort } from './free-port.js';
import { fleet, memberToken, serverToken, unitToken, username } from './login.js';
import type { OtherHost } from './other-host.js';

export interface MosquittoOptions {
  /** More lines of `mosquitto.conf`, such as another listener. */
  readonly more?: readonly string[];
  /** More usernames, each with {@link memberToken}: they may all subscribe to `s2u/<fleet>/#`. */
  readonly members?: readonly string[];
  /** Host to run on; default: this one. */
  readonly host?: OtherHost;
  /** Doesn't start it yet: {@link Mosquitto.start} does. */
  readonly stopped?: boolean;
}

/**
 * A mosquitto process with the platform's logins: the unit may subscribe to `s2u/<username>/#` and publish to
 * `u2s/<username>/#`, the server the reverse.
 */
export interface Mosquitto {
  readonly port: number;
  /** `mqtt://127.0.0.1:<port>`, or the address of its host. */
  readonly url: string;
  /** Starts it (again) on the same port, with the sessions it had; resolves when it listens. */
  start(): Promise<void>;
  /** Accepts only this token of the unit from now on; closes a connection made with another one. */
  renewUnitToken(token: string): Promise<void>;
  /** Ends it; it stores its sessions. */
  stop(): Promise<void>;
}

/** A mosquitto with its own directory. */
export async function startMosquitto(atEnd: AtEnd, options: MosquittoOptions = {}): Promise<Mosquitto> {
  const { address = '127.0.0.1', command = [] } = options.host ?? {};
  const directory = await temporaryDirectory(atEnd);
  const port = await freePort();
  const config = join(directory, 'mosquitto.conf');
  const passwords = join(directory, 'passwords');
  const acl = join(directory, 'acl');
  const members = options.members ?? [];
  const writePasswords = async (token: string): Promise<void> => {
    const logins = [`${username}:${token}`, `server:${serverToken}`];
    for (const member of members) logins.push(`${member}:${memberToken(member)}`);
    await writeFile(passwords, `${logins.join('\n')}\n`);
    await promisify(execFile)('mosquitto_passwd', ['-U', passwords]);
  };
  await writePasswords(unitToken);
  const rights = [
    `user ${username}`,
    `topic read s2u/${username}/#`,
    `topic write u2s/${username}/#`,
    'user server',
    'topic write s2u/#',
    'topic read u2s/#',
  ];
  for (const member of members) rights.push(`user ${member}`, `topic read s2u/${fleet}/#`);
  await writeFile(acl, `${rights.join('\n')}\n`);
  const lines = [
    `listener ${port} ${address}`,
    `password_file ${passwords}`,
    `acl_file ${acl}`,
    'allow_anonymous false',
    // Started as root, it would become another user, who may not read this directory.
    `user ${userInfo().username}`,
    'persistence true',
    `persistence_location ${directory}/`,
    'max_queued_messages 0',
    'log_dest stderr',
    ...(options.more ?? []),
  ];
  await writeFile(config, `${lines.join('\n')}\n`);

  let child: Child | undefined;
  const start = async (): Promise<void> => {
    const [program = '', ...args] = [...command, 'mosquitto', '-c', config];
    child = startChild(atEnd, program, args);
    await child.stderr.first('mosquitto to run', (line) => /mosquitto version .* running/.test(line));
  };
  if (!options.stopped) await start();
  return {
    port,
    url: `mqtt://${address}:${port}`,
    start,
    renewUnitToken: async (token) => {
      await writePasswords(token);
      if (child === undefined) return;
      const isReload = (line: string): boolean => line.includes('Reloading config');
      const nth = child.stderr.entries.filter(isReload).length + 1;
      child.signal('SIGHUP');
      await child.stderr.first('mosquitto to read its files again', isReload, { nth });
    },
    stop: async () => {
      await child?.end('SIGTERM');
    },
  };
}
