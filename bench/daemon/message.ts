/** Size of a body, bytes. */
const bodyBytes = 256;

/** Names of `count` integrations. */
export const namesOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `int${n}`);

/** Payload of the nth message, for each of `integrations` in turn; its body starts with `said`. */
export const payloadOf = (n: number, integrations: number, said = `${n};`): string =>
  JSON.stringify({ function: `int${n % integrations}-open`, body: said.padEnd(bodyBytes, '.') });

/** Start of a body with the time at which it was due, ms of {@link monotonicMs}. */
export const sentAt = (ms: number): string => `sent=${ms.toFixed(3)};`;

/** Reads {@link sentAt} from a call; NaN if it is missing. */
export const readSentAt = (call: Buffer): number => {
  const from = call.indexOf('sent=');
  return from < 0 ? Number.NaN : Number(call.toString('latin1', from + 5, call.indexOf(';', from)));
};
