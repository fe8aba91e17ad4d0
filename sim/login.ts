import * as E from 'fp-ts/lib/Either.js';
import { type Claims, verifyToken } from './token.js';

/** A login that the broker refuses, with the CONNACK return code (MQTT 3.1.1, 3.2.2.3): 4 bad login, 5 not authorized. */
export interface LoginRefusal {
  readonly returnCode: 4 | 5;
  readonly message: string;
}

/**
 * Checks a login. Right: the claims of its token. The password must be a token that is signed with `secret` and valid
 * at `nowMs`, and if the token names a user, it must be this one; an expired token is refused with 5, anything else
 * with 4 (docs/domain.md#broker).
 */
export function checkLogin(
  secret: string,
  nowMs: number,
  username: string | undefined,
  password: string | undefined,
): E.Either<LoginRefusal, Claims> {
  const claims = verifyToken(secret, password ?? '', nowMs);
  if (E.isLeft(claims))
    return E.left({ returnCode: claims.left.reason === 'expired' ? 5 : 4, message: claims.left.reason });
  if (claims.right.username !== undefined && claims.right.username !== username)
    return E.left({ returnCode: 4, message: 'the token is for another user' });
  return claims;
}
