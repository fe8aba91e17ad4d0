import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { registrationPassword, renewedUnitToken, secret, serverToken, unitToken } from './login.js';

/**
 * Files that hold a login because that is what they are for. Every other file that a test leaves in a temporary directory is
 * searched.
 */
const holders: readonly (readonly [path: RegExp, why: string])[] = [
  [/(^|\/)mq\.json$/, "the unit's login, which cvmain writes"],
  [/(^|\/)auth\.json$/, 'the login that the registration gave to cvmain'],
  [/^(passwords|nats\.conf)$/, "the broker's list of logins"],
  [/\.password$/, 'given to cvmqtt with --password-file'],
  [/^packets$/, 'what a sniffer recorded, CONNECT included'],
  [/^spec\//, 'in a clone, the sources of the tests'],
];

/** So many characters of a secret in a row count as a leak. */
const partLength = 16;

const ends = (text: string): readonly string[] => [text.slice(0, partLength), text.slice(-partLength)];

/** Its base64, without the characters that depend on what precedes or follows it. */
const base64Of = (text: string, before: number): string =>
  Buffer.from(`${'x'.repeat(before)}${text}`)
    .toString('base64')
    .slice(4, -4);

const partsOf = (text: string): readonly string[] =>
  [text, ...[0, 1, 2].map((before) => base64Of(text, before))].flatMap(ends);

const tokens = {
  "the unit's token": unitToken,
  'its next one': renewedUnitToken,
  "the server's": serverToken,
};

const needles: readonly (readonly [name: string, bytes: Buffer])[] = [
  ...Object.entries(tokens).flatMap(([name, token]) => {
    // The header is the same in every token.
    const [, claims = '', signature = ''] = token.split('.');
    return [claims, signature].flatMap((each) =>
      partsOf(each).map((part) => [name, Buffer.from(part)] as const),
    );
  }),
  ...[secret, registrationPassword].flatMap((each) =>
    partsOf(each).map((part) => ['a password', Buffer.from(part)] as const),
  ),
];

/** Any other token: a JSON object in base64, and what follows it. */
const token = /eyJ[\w-]{8,500}\.eyJ[\w-]{8}/;

/** The names of the secrets that are in an output; in one that gzip has packed, too. */
export const secretsIn = (output: Buffer): readonly string[] => {
  const bytes = unpacked(output);
  const found = needles.filter(([, part]) => bytes.includes(part)).map(([name]) => name);
  const isToken = bytes.includes('eyJ') && token.test(bytes.toString('latin1'));
  return [...new Set([...found, ...(isToken ? ['a token'] : [])])];
};

const unpacked = (bytes: Buffer): Buffer => {
  try {
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  } catch {
    // Not gzip, or torn on purpose.
    return bytes;
  }
};

/** Throws if there is a secret in an output. The message quotes no part of it. */
export const refuseSecrets = (where: string, output: Buffer): void => {
  const found = secretsIn(output);
  if (found.length > 0) throw new Error(`${where} has ${found.join(', ')}`);
};

/** Rejects if a file below a directory has a secret, except for {@link holders}. Follows no links. */
export const refuseSecretsBelow = async (directory: string): Promise<void> => {
  for await (const path of filesBelow(directory)) {
    const name = relative(directory, path);
    if (holders.some(([holder]) => holder.test(name))) continue;
    refuseSecrets(name, await readFile(path).catch(() => Buffer.alloc(0)));
  }
};

/** `recursive` of `readdir` follows links in some versions of Node.js: to all of `node_modules`. */
async function* filesBelow(directory: string): AsyncGenerator<string> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}
