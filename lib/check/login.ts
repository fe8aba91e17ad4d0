import type { Credentials } from '../config/credentials.js';
import { beginningOf } from '../config/token.js';
import { covers, minimalCover, overlap, topicFilter } from '../rules/message/topic-filter.js';
import { showDuration } from '../util/duration.js';
import { type Finding, good, warning } from './finding.js';

/** The subject of these findings. */
const subject = 'token';

/**
 * What the token of a login says at `nowMs`, ms since the epoch: from when until when it is valid, and topic filters. Quotes
 * none of its signature.
 */
export const loginFindings = (
  {
    password,
    expiresAt,
    filters,
    remarks = [],
  }: Pick<Credentials, 'password' | 'expiresAt' | 'filters' | 'remarks'>,
  nowMs: number,
): readonly Finding[] => [
  ...remarks.map((remark) =>
    warning(subject, 'token-remark', remark, 'ask whoever issues the tokens of this platform'),
  ),
  expiryFinding(expiresAt, nowMs),
  ...beginningFindings(password, nowMs),
  good(subject, 'token-filters', `may subscribe to ${filters.join(', ')}`),
  ...overlapFindings(filters),
];

const expiryFinding = (expiresAt: number | undefined, nowMs: number): Finding => {
  if (expiresAt === undefined) return good(subject, 'token-without-expiry', 'has no expiry that can be read');
  const at = new Date(expiresAt).toISOString();
  if (expiresAt > nowMs)
    return good(subject, 'token-valid', `expires ${at}, in ${showDuration(expiresAt - nowMs)}`);
  const advice = "compare this machine's clock; the daemon asks cvmain for another token";
  return warning(subject, 'token-expired', `expired ${at}, by this machine's clock`, advice);
};

/** Clocks that differ by less are no mistake, ms. */
const skewMs = 300_000;

const beginningFindings = (password: string, nowMs: number): readonly Finding[] => {
  const { validFrom = 0, issuedAt = 0 } = beginningOf(password);
  if (validFrom > nowMs) {
    const text = `is not valid before ${new Date(validFrom).toISOString()} (nbf), by this machine's clock`;
    const advice =
      "compare this machine's clock; if it is right, the broker refuses the token until then, and the clock of the server that issued it may be wrong";
    return [warning(subject, 'token-early', text, advice)];
  }
  if (issuedAt <= nowMs + skewMs) return [];
  const text = `was issued ${new Date(issuedAt).toISOString()} (iat): later than it is by this machine's clock`;
  const advice = "compare this machine's clock, then the clock of the server that issued the token";
  return [warning(subject, 'token-issued-later', text, advice)];
};

/** Brokers may send a message once for each filter that matches it (MQTT 5, 3.3.4). */
const overlapFindings = (filters: readonly string[]): readonly Finding[] => {
  const parsed = filters.map(topicFilter);
  const kept = minimalCover(filters);
  const covered = filters.filter((filter) => !kept.includes(filter));
  const pairs = parsed.flatMap((one, at) =>
    parsed
      .slice(at + 1)
      .filter((other) => overlap(one, other) && !covers(one, other) && !covers(other, one))
      .map((other) => `${one.filter} and ${other.filter}`),
  );
  const [pair] = pairs;
  return [
    ...(covered.length === 0
      ? []
      : [
          good(subject, 'filters-covered', `${covered.join(', ')}: within another filter, not subscribed to`),
        ]),
    ...(pair === undefined
      ? []
      : [
          warning(
            subject,
            'filters-overlap',
            `${pair} overlap: a broker may send a message twice`,
            'let the token allow filters that do not overlap',
          ),
        ]),
  ];
};
