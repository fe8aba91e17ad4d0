import { execFile, execFileSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AtEnd } from './at-end.js';
import { itWith } from './programs.js';

const ip = async (...args: readonly string[]): Promise<void> => {
  await promisify(execFile)('ip', args);
};

const canMakeHosts = (): boolean => {
  const name = `cvmqtt-try-${process.pid}`;
  try {
    execFileSync('ip', ['netns', 'add', name], { stdio: 'ignore' });
    execFileSync('ip', ['netns', 'delete', name], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** Tests with a broker on another host. */
export const itWithOtherHost = (title: string, test: () => Promise<void>): void => {
  const needs = itWith('mosquitto', 'mosquitto_passwd', 'ip');
  if (canMakeHosts()) needs(title, test);
  else it(`${title} (needs to make network namespaces, with ip)`);
};

/** A host of its own on this machine, at the other end of a line: a network namespace. */
export interface OtherHost {
  readonly address: string;
  /** What a command begins with that runs there. */
  readonly command: readonly string[];
  /** This machine's address on the line to it. */
  readonly near: string;
  /** There, this name has these addresses, which may be of hosts that do not exist. */
  knows(name: string, addresses: readonly string[]): Promise<void>;
  /** There is IPv6 there, and nobody answers: what is sent to 2001:db8::1 is lost. */
  losesIpv6(): Promise<void>;
  /** From now on nothing goes to it any more, until the result is called. */
  goDeaf(): Promise<() => Promise<void>>;
  /** From now on nothing comes from it any more, and nothing says so. */
  goSilent(): Promise<void>;
}

let hosts = 0;

/** Makes a host, until the test ends. */
export async function makeOtherHost(atEnd: AtEnd): Promise<OtherHost> {
  // The system takes its time to remove the one before.
  hosts += 1;
  const name = `cvmqtt-${process.pid}-${hosts}`;
  const [near, far] = [`cvn${process.pid}-${hosts}`, `cvf${process.pid}-${hosts}`];
  // Of the addresses that are set aside for tests of devices (RFC 2544).
  const subnet = `198.18.${(process.pid + hosts) % 256}`;
  await ip('netns', 'add', name);
  atEnd(() => ip('netns', 'delete', name));
  await ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', name);
  await ip('address', 'add', `${subnet}.1/24`, 'dev', near);
  await ip('link', 'set', near, 'up');
  await ip('-n', name, 'address', 'add', `${subnet}.2/24`, 'dev', far);
  await ip('-n', name, 'link', 'set', far, 'up');
  await ip('-n', name, 'link', 'set', 'lo', 'up');
  return {
    address: `${subnet}.2`,
    near: `${subnet}.1`,
    knows: async (host, addresses) => {
      const files = join('/etc/netns', name);
      await mkdir(files, { recursive: true });
      atEnd(() => rm(files, { recursive: true }));
      await writeFile(join(files, 'hosts'), addresses.map((address) => `${address} ${host}\n`).join(''));
    },
    losesIpv6: async () => {
      await ip('-n', name, 'address', 'add', '2001:db8::2/64', 'dev', far, 'nodad');
      const nobody = ['2001:db8::1', 'lladdr', '02:00:00:00:00:01'];
      await ip('-n', name, 'neighbour', 'add', ...nobody, 'dev', far);
    },
    goDeaf: async () => {
      const route = ['blackhole', `${subnet}.2/32`];
      await ip('route', 'add', ...route);
      return () => ip('route', 'delete', ...route);
    },
    command: ['ip', 'netns', 'exec', name],
    goSilent: () => ip('-n', name, 'route', 'add', 'blackhole', `${subnet}.1/32`),
  };
}
