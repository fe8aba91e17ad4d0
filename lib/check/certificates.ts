import type { X509Certificate } from 'node:crypto';
import { certificatesIn, distinguishedName } from '../config/certificates.js';
import { shortened } from '../util/printable.js';
import { fileNames } from './files.js';
import { type Finding, failing, warning } from './finding.js';

/** Certificates are renewed weeks ahead; this late, someone has to look, ms. */
export const renewalMs = 14 * 86_400_000;

/**
 * The dates of the authorities in the text of `mq/ca.pem`, whole certificates, at `nowMs`, ms since the epoch: those that
 * have expired, are not valid yet, or expire within 14 days. An error if none of them is valid and the broker's address
 * has TLS (`isUsed`).
 */
export const authorityFindings = (pem: string, isUsed: boolean, nowMs: number): readonly Finding[] => {
  const all = certificatesIn(pem);
  const expired = all.filter((each) => Date.parse(each.validTo) <= nowMs);
  const early = all.filter((each) => Date.parse(each.validFrom) > nowMs);
  const isValid = (each: X509Certificate): boolean => !expired.includes(each) && !early.includes(each);
  const late = all.filter((each) => isValid(each) && Date.parse(each.validTo) <= nowMs + renewalMs);
  const invalid = isUsed && !all.some(isValid) ? failing : warning;
  const finding = (
    make: typeof warning,
    code: string,
    found: readonly X509Certificate[],
    state: (first: X509Certificate) => string,
    advice: string,
  ): readonly Finding[] => {
    const [first, ...more] = found;
    if (first === undefined) return [];
    const name = shortened(distinguishedName(first.subject), 100);
    const others = more.length === 0 ? '' : `; so it is with ${more.length} more`;
    return [
      make(
        fileNames.ca,
        code,
        `the certificate ${name} ${state(first)}${others} (${all.length} in the file)`,
        advice,
      ),
    ];
  };
  const advice = (otherwise: string): string =>
    `compare this machine's clock; if it is right, ${all.some(isValid) ? otherwise : "put the broker's current authority into mq/ca.pem"}`;
  return [
    ...finding(
      invalid,
      'ca-expired',
      expired,
      ({ validTo }) => `expired ${isoOf(validTo)}`,
      advice('remove it'),
    ),
    ...finding(
      invalid,
      'ca-early',
      early,
      ({ validFrom }) => `is not valid before ${isoOf(validFrom)}`,
      advice('nothing: it counts from then on'),
    ),
    ...finding(
      warning,
      'ca-expires',
      late,
      ({ validTo }) => `is valid until ${isoOf(validTo)}`,
      "put the broker's next authority into mq/ca.pem, too, unless it is there",
    ),
  ];
};

const isoOf = (date: string): string => new Date(date).toISOString();
