import { serverClaims, signToken, unitClaims } from '../../sim/token.js';

/** Secret of the tests' tokens; mosquitto only compares them as passwords. */
export const secret = 'Zt5-wQ9p-signs-tokens-Lm3x';

/** Far enough in the future, in seconds. */
const later = 4_000_000_000;

/** The unit's username. */
export const username = 'cv12345';

/** The unit's token: its password at the broker. */
export const unitToken = signToken(secret, unitClaims(username, later));

/** The password in the unit's `auth.json`, which the daemon never reads. */
export const registrationPassword = 'Kq7-vR2x-of-nobody-9fTz4';

/** The unit's next token. */
export const renewedUnitToken = signToken(secret, unitClaims(username, later + 1));

/** The token of the platform's server, whose username is `server`. */
export const serverToken = signToken(secret, serverClaims(later));

/** The topic level whose messages several daemons share. */
export const fleet = 'fleet';

/** The token of one of them: its username is its own, the topics are those of all. */
export const memberToken = (member: string): string =>
  signToken(secret, { ...unitClaims(member, later), acl: { sub: [`s2u/${fleet}/#`], pub: [] } });
