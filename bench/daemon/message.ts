/** Bodies have so many bytes. */
const bodyBytes = 256;

/** The names of so many integrations. */
export const namesOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `int${n}`);

/** The payload of the nth message: to each of `integrations` in turn, with `said` at the beginning of its body. */
export const payloadOf = (n: number, integrations: number, said = `${n};`): string =>
  JSON.stringify({ function: `int${n % integrations}-open`, body: said.padEnd(bodyBytes, '.') });

/** What a body begins with that tells when it was due to be sent, ms of the machine's clock. */
export const sentAt = (ms: number): string => `sent=${ms.toFixed(3)};`;

/** Reads {@link sentAt} in a call; NaN where it is not. */
export const readSentAt = (call: Buffer): number => {
  const from = call.indexOf('sent=');
  return from < 0 ? Number.NaN : Number(call.toString('latin1', from + 5, call.indexOf(';', from)));
};
