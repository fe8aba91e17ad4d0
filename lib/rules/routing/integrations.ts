import { isIP } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../../util/codec.js';

/** An app that receives messages. */
export interface Integration {
  readonly name: string;
  /** Address at which it asked to be notified, if any. */
  readonly address?: { readonly host: string; readonly port: number };
}

/** The registered integrations, by name. */
export type IntegrationSet = ReadonlyMap<string, Integration>;

/** A valid UDP port. */
const Port = t.refinement(
  t.number,
  (n) => Number.isInteger(n) && n >= 1 && n <= 65_535,
  'a port, 1 to 65535',
);

/** An IP address or host name, without characters that would end it in `host:port`. */
export const Host = t.refinement(
  t.string,
  (host) => isIP(host) !== 0 || /^[\w.-]{1,255}$/.test(host),
  'a host name or an address',
);

const Registration = t.intersection([
  t.type({ name: t.refinement(t.string, (name) => name !== '', 'a name') }),
  t.partial({ integration: t.union([t.partial({ host: t.string, port: t.number }), t.null]) }),
]);

const Address = t.type({ host: Host, port: Port });

const Registrations = t.array(Registration, 'an array of registrations');

/**
 * Parses `mq/integrations.json`: an array of register requests in protobuf's JSON mapping, where fields with default
 * values may be missing (docs/domain.md#configuration). The last registration of a name counts. An invalid address
 * counts as none, as registering without one is allowed. Left describes what is wrong in one line.
 */
export const parseIntegrations = (text: string): E.Either<string, IntegrationSet> =>
  pipe(
    decodeJsonWith(Registrations)(text),
    E.map(
      (registrations) =>
        new Map(registrations.map(({ name, integration }) => [name, integrationOf(name, integration)])),
    ),
  );

const integrationOf = (name: string, address: unknown): Integration => {
  const decoded = Address.decode(address);
  return E.isRight(decoded) ? { name, address: decoded.right } : { name };
};
