import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { writeFileAtomic } from '../lib/storage/atomic-write.js';
import { decodeJsonWith } from '../lib/util/codec.js';
import { type Answer, ok, refused } from './answer.js';
import type { Serial } from './serial.js';

const Integration = t.type({ host: t.string, port: t.number });

const Registrations = t.array(
  t.intersection([t.type({ name: t.string }), t.partial({ integration: Integration })]),
  'an array of registrations',
);

/** Where a registered app listens: `MqttCommsIntegration`. */
export type Integration = t.TypeOf<typeof Integration>;

/** The registered integrations, stored in `mq/integrations.json`. */
export interface Integrations {
  /** Adds or updates `name`; resolves when the file is on disk. */
  register(name: string, integration?: Integration): Promise<Answer>;
  /** Removes `name`; resolves when the file is on disk. */
  unregister(name: string): Promise<Answer>;
}

/** Bounds what apps can register; more than any unit has. */
const maxIntegrations = 1000;

/**
 * Opens the file of integrations (docs/domain.md#configuration), an empty one if there is none. Rejects with a one-line
 * error that names the file and the field if it can't be read.
 */
export async function openIntegrations(
  file: string,
  reserved: boolean,
  inTurn: Serial,
): Promise<Integrations> {
  let current = await readRegistrations(file);
  const replace = async (next: typeof current): Promise<Answer> => {
    try {
      await writeFileAtomic(file, `${JSON.stringify([...next.values()], null, 2)}\n`);
    } catch (error) {
      return refused('failed', error instanceof Error ? error.message : 'the file could not be written');
    }
    current = next;
    return ok;
  };
  if (current.size === 0) await replace(current);
  return {
    register: (name, integration) =>
      inTurn(async () => {
        const isNew = !current.has(name);
        if (isNew && current.size >= maxIntegrations) return refused('failed', 'too many integrations');
        const entry = integration === undefined ? { name } : { name, integration };
        return fault(name, integration, reserved) ?? replace(new Map(current).set(name, entry));
      }),
    unregister: (name) =>
      inTurn(async () => {
        const rest = new Map(current);
        return rest.delete(name) ? replace(rest) : refused('unknown', 'no such integration');
      }),
  };
}

/**
 * What is wrong with a registration; undefined if it is valid. A dash in the name is allowed, although such an app
 * never gets a message (docs/domain.md#names).
 */
function fault(name: string, integration: Integration | undefined, reserved: boolean): Answer | undefined {
  if (name === '') return refused('invalid', 'the name is empty');
  if (name.length > 64) return refused('invalid', 'the name is longer than 64 characters');
  if (name.startsWith('vg:') && !reserved)
    return refused('reserved', 'names that start with vg: are reserved');
  if (integration === undefined) return undefined;
  if (integration.port === 0)
    return refused('invalid', 'the port is 0: register the port that the app listens on');
  if (integration.port > 65535) return refused('invalid', 'the port is above 65535');
  if (integration.host.length > 253) return refused('invalid', 'the host is longer than 253 characters');
  if (isIP(integration.host) === 0 && !/^[\w.-]+$/.test(integration.host))
    return refused(
      'invalid',
      'the host is neither an address nor a name: register 127.0.0.1, and the port in its own field',
    );
  return undefined;
}

async function readRegistrations(file: string): Promise<Map<string, t.TypeOf<typeof Registrations>[number]>> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '[]';
    throw error;
  });
  const registrations = decodeJsonWith(Registrations)(text);
  if (E.isLeft(registrations)) throw new Error(`${file}: ${registrations.left}`);
  return new Map(registrations.right.map((registration) => [registration.name, registration]));
}
