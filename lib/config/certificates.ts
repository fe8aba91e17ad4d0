import { X509Certificate } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';

const certificate = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]*-----END [^-]*-----/g;

const begin = /-----BEGIN /g;

/**
 * Checks that the text of `mq/ca.pem` consists of whole certificates, and returns it. Left: it has none (Node.js would
 * take that as an empty list of authorities), or one is broken or cut off.
 */
export const parseCertificates = (pem: string): E.Either<string, string> =>
  E.tryCatch(
    () => {
      const found = certificatesIn(pem);
      if (pem.includes('\0') || found.length !== pem.match(begin)?.length) throw new Error('torn');
      return pem;
    },
    () => 'is not a certificate in PEM form',
  );

/** The certificates in a text that {@link parseCertificates} accepts, in order. Throws if one is broken. */
export const certificatesIn = (pem: string): readonly X509Certificate[] =>
  (pem.match(certificate) ?? []).map((each) => new X509Certificate(each));

/**
 * The subject or issuer of a certificate in one line. It may be empty (RFC 5280, 4.1.2.6), which Node.js gives as undefined,
 * against its types.
 */
export const distinguishedName = (name: string | undefined): string =>
  name === undefined ? 'without a name' : name.replaceAll('\n', ', ');
