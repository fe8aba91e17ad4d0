import { showBrokerAddress } from '../../config/broker-address.js';
import type { Credentials } from '../../config/credentials.js';

/**
 * The name of the session that a login leads to: a session belongs to one broker and one client id, which is made of the
 * username (docs/architecture.md#decision-20). It holds no secret.
 */
export const sessionName = ({ address, username }: Pick<Credentials, 'address' | 'username'>): string =>
  `${username}@${showBrokerAddress(address)}${address.path}`;
