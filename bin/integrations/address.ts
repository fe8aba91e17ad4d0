import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { addressOf } from '../../lib/rules/target.js';
import { listens } from './listening.js';
import { addressWarning, silentWarning, unresolvedWarning } from './warnings.js';

/** What is known of a registered address. */
interface Findings {
  /** As cvmain is told to send there, `host:port`. */
  readonly shown: string;
  /** See `listens`. */
  readonly listens: boolean | undefined;
  readonly warnings: readonly string[];
}

/** Finds out whether notifications to a registered address arrive: whether it is one to send to, and whether an app listens. */
export const checkAddress = async (address: {
  readonly host: string;
  readonly port: number;
}): Promise<Findings> => {
  const { host, port } = address;
  const shown = addressOf(address).sendAddr;
  const isHeard = await listens(host, port);
  const warning =
    addressWarning(host) ??
    ((await isKnown(host)) ? undefined : unresolvedWarning(host)) ??
    (isHeard === false ? silentWarning(shown) : undefined);
  return { shown, listens: isHeard, warnings: warning === undefined ? [] : [warning] };
};

const isKnown = async (host: string): Promise<boolean> => {
  if (isIP(host) !== 0) return true;
  try {
    await lookup(host);
    return true;
  } catch {
    return false;
  }
};
