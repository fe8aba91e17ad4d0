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

/** Another host, simulated by a network namespace on this machine. */
export interface OtherHost {
  readonly address: string;
  /** Prefix of a command that runs there. */
  readonly command: readonly string[];
  /** This machine's address on the link to it. */
  readonly near: string;
  /** Makes this name resolve to these addresses there, which may belong to no host. */
  knows(name: string, addresses: readonly string[]): Promise<void>;
  /** Gives it IPv6 without an answer: packets to 2001:db8::1 are lost. */
  losesIpv6(): Promise<void>;
  /** Drops all packets to it until the returned function is called. */
  goDeaf(): Promise<() => Promise<void>>;
  /** Drops all packets from it silently from now on. */
  goSilent(): Promise<void>;
}

let hosts = 0;

/** Makes a host, until the test ends. */
export async function makeOtherHost(atEnd: AtEnd): Promise<OtherHost> {
  // The system may not have removed the previous one yet.
  hosts += 1;
  const name = `cvmqtt-${process.pid}-${hosts}`;
  const [near, far] = [`cvn${process.pid}-${hosts}`, `cvf${process.pid}-${hosts}`];
  // From the addresses reserved for device benchmarks (RFC 2544).
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
