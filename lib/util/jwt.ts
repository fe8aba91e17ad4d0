/**
 * A JWT in a text (RFC 7519: a JSON object in base64url, a dot, another one, a dot, a signature), whole or cut off. The first
 * is bounded, so that a hostile text takes no quadratic time.
 */
export const jwtInText = /eyJ[\w-]{8,500}\.[\w-]+(?:\.[\w-]*)?/g;

/** The text of another program, with `(a token)` in place of each JWT. */
export const withoutJwts = (text: string): string => text.replace(jwtInText, '(a token)');
