import { isReachable } from '../../lib/rules/message/name.js';
import type { Integration, IntegrationSet } from '../../lib/rules/routing/integrations.js';
import { reservedPrefix } from '../../lib/rules/routing/route.js';
import { addressOf } from '../../lib/rules/target.js';

/** What keeps an integration from receiving messages, whatever listens. `vg:` is a matter of the unit's settings. */
export const nameWarnings = (name: string): readonly string[] => [
  ...(isReachable(name)
    ? []
    : [
        `it can never receive a message: full names are split at their first dash, so "${name}-hello" goes to "${name.split('-')[0]}"`,
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

/** Says that nothing listens at the address. */
export const silentWarning = (address: string): string =>
  `nothing listens on ${address} (UDP): start the app, or register the port that it listens on`;
