import { execFile, execFileSync } from 'node:child_process';
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
  /** From now on nothing comes from it any more, and nothing says so. */
  goSilent(): Promise<void>;
}

/** Makes a host, until the test ends. */
export async function makeOtherHost(atEnd: AtEnd): Promise<OtherHost> {
  const name = `cvmqtt-${process.pid}`;
  const [near, far] = [`cvn${process.pid}`, `cvf${process.pid}`];
  // Of the addresses that are set aside for tests of devices (RFC 2544).
  const subnet = `198.18.${process.pid % 256}`;
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
    command: ['ip', 'netns', 'exec', name],
    goSilent: () => ip('-n', name, 'route', 'add', 'blackhole', `${subnet}.1/32`),
  };
}
