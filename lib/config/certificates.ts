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
      const found = pem.match(certificate) ?? [''];
      for (const each of found) new X509Certificate(each);
      if (pem.includes('\0') || found.length !== pem.match(begin)?.length) throw new Error('torn');
      return pem;
    },
    () => 'is not a certificate in PEM form',
  );
