import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isReachable } from '../../lib/rules/message/name.js';
import type { Integration, IntegrationSet } from '../../lib/rules/routing/integrations.js';
import { reservedPrefix } from '../../lib/rules/routing/route.js';
import { addressOf } from '../../lib/rules/target.js';

/** What keeps an integration from receiving messages, whatever listens. `vg:` is a matter of the unit's settings. */
export const nameWarnings = (name: string): readonly string[] => [
  ...(isReachable(name)
    ? []
    : [
        `it can never receive a message: full names are split at their first dash, so "${name}-hello" goes to "${name.split('-')[0]}"; choose a name without a dash`,
      ]),
  ...(name.startsWith(reservedPrefix)
    ? [
        'the name is reserved: the daemon rejects its messages unless reserved_integrations in mq/cvmqtt.json lists it',
      ]
    : []),
];

/** Says that a registration replaces one with another address. */
export const replacedWarning = ({ name, address }: Integration, set: IntegrationSet): readonly string[] => {
  const before = set.get(name);
  if (before === undefined) return [];
  const [was, is] = [before.address, address].map((each) =>
    each === undefined ? 'no address' : addressOf(each).sendAddr,
  );
  return was === is
    ? []
    : [`"${name}" was registered with ${was}, perhaps by another app: messages now go to ${is}`];
};

/**
 * Why a notification may not arrive at a registered host, and what to do; undefined if nothing speaks against it. Says
 * nothing of names, which have to be resolved. `own`: the addresses of this machine.
 */
export const addressWarning = (host: string, own = addressesHere()): string | undefined => {
  if (host === '0.0.0.0' || host === '::')
    return `${host} is an address to listen on, not to send to: register 127.0.0.1`;
  if (isIP(host) === 6)
    return 'the simulated cvmain does not send to IPv6 addresses, and the real one may not: listen on 127.0.0.1, and register that';
  return isIP(host) === 4 && !host.startsWith('127.') && !own.includes(host)
    ? `${host} is no address of this machine: whether anything listens there is not known; register 127.0.0.1`
    : undefined;
};

const addressesHere = (): readonly string[] =>
  Object.values(networkInterfaces()).flatMap((each = []) => each.map(({ address }) => address));

/** Says that a registered host is not known. */
export const unresolvedWarning = (host: string): string =>
  `the name ${host} can not be resolved, so nothing can be sent there: register an address, such as 127.0.0.1`;

/** Says that nothing listens at the address. */
export const silentWarning = (address: string): string =>
  `nothing listens on ${address} (UDP): start the app, or register the port that it listens on`;
