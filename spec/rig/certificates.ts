import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type AtEnd, temporaryDirectory } from './at-end.js';

/** Files in PEM form. */
export interface Certificates {
  /** The certificate authority that signed the server's certificate. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** A new certificate authority, and a server's certificate from it for this name, as OpenSSL's `subjectAltName` has it. */
export async function makeCertificates(atEnd: AtEnd, name = 'IP:127.0.0.1'): Promise<Certificates> {
  const directory = await temporaryDirectory(atEnd);
  const file = (name: string): string => join(directory, name);
  const files = { ca: file('ca.pem'), certificate: file('server.pem'), key: file('server.key') };
  const openssl = (...args: readonly string[]) => promisify(execFile)('openssl', args);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const ca = ['-keyout', file('ca.key'), '-out', files.ca, '-subj', '/CN=Test CA'];
  await openssl('req', '-x509', ...newKey, ...ca);
  await openssl('req', ...newKey, '-keyout', files.key, '-out', file('request'), '-subj', '/CN=broker');
  await writeFile(file('extensions'), `subjectAltName=${name}\n`);
  const signer = [
    '-CA',
    files.ca,
    '-CAkey',
    file('ca.key'),
    '-CAcreateserial',
    '-extfile',
    file('extensions'),
  ];
  await openssl('x509', '-req', '-in', file('request'), '-out', files.certificate, ...signer);
  return files;
}
