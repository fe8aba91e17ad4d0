import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { FileKey } from '../check/files.js';
import { parseBrokerAddress, showBrokerAddress } from '../config/broker-address.js';
import { certificatesIn, distinguishedName, parseCertificates } from '../config/certificates.js';
import { Username } from '../config/credentials.js';
import { isTorn, parseJsonWithComments } from '../config/json-with-comments.js';
import { SettingsJson } from '../config/settings.js';
import { Host } from '../rules/routing/integrations.js';
import { type Allowed, allowedOf, listOf, objectOf, shownIf } from './allowed.js';

const flag = shownIf(t.boolean);

/** `host:port`; of a server, the host may be missing and the port 0. */
const HostAndPort = t.refinement(t.string, (text) => /^(\[[0-9a-fA-F:]+\]|[\w.-]*):\d{1,5}$/.test(text));

const address = shownIf(HostAndPort);

const serverUri: Allowed = {
  kind: 'value',
  show: (value) =>
    pipe(
      typeof value === 'string' ? parseBrokerAddress(value) : E.left('is no text'),
      E.match(() => undefined, showBrokerAddress),
    ),
};

/** Only whether there is one. */
const secret: Allowed = { kind: 'value', show: (value) => (value === '' ? '' : undefined) };

/** What may be shown of each file of JSON: the fields that cvmqtt reads, with values that it would accept. */
const allowed: Readonly<Record<Exclude<FileKey, 'ca'>, Allowed>> = {
  cvmain: objectOf({
    local_server: objectOf({ bind_addr: address }),
    notification_server: objectOf({ bind_addr: address, send_addr: address }),
    mq: objectOf({ external_integrations: flag, msgs_via_notifier: flag }),
  }),
  credentials: objectOf({ server_uri: serverUri, username: shownIf(Username), password: secret }),
  integrations: listOf(
    objectOf({
      name: shownIf(t.string),
      integration: objectOf({ host: shownIf(Host), port: shownIf(t.number) }),
    }),
  ),
  settings: objectOf(
    Object.fromEntries(Object.entries(SettingsJson.props).map(([key, codec]) => [key, shownIf(codec)])),
  ),
};

/**
 * What may be shown of a file of cvmain's configuration directory, as lines; of certificates, whose they are. Left: why
 * nothing is shown. Quotes nothing of a file that does not parse: the break may be within a secret.
 */
export const shownConfig = (key: FileKey, text: string): E.Either<string, readonly string[]> => {
  if (key === 'ca') return E.map(certificateLines)(parseCertificates(text));
  return pipe(
    parseJsonWithComments(text),
    E.bimap(
      (problem) => `${problem}${isTorn(text) ? ': it is empty or cut off' : ''}`,
      (json) => JSON.stringify(allowedOf(json, allowed[key]), null, 2).split('\n'),
    ),
  );
};

const certificateLines = (pem: string): readonly string[] =>
  certificatesIn(pem).flatMap(({ subject, issuer, validFrom, validTo, fingerprint256 }) => [
    `subject ${distinguishedName(subject)}`,
    `  issuer ${distinguishedName(issuer)}`,
    `  valid from ${validFrom} to ${validTo}`,
    `  SHA-256 ${fingerprint256}`,
  ]);
