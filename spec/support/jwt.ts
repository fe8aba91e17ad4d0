/** A token with these claims and an invalid signature. */
export const jwt = (claims: unknown): string => {
  const part = (json: unknown): string => Buffer.from(JSON.stringify(json)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.signature`;
};
