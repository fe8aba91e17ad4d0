import type { Otherwise } from '../../lib/report/comparison.js';
import type { Change } from '../../lib/report/html-pair.js';
import { jsonLine, printable, shortened } from '../../lib/util/printable.js';
import { rfc3339 } from '../../lib/util/time.js';
import { clock } from './lines.js';

/** A message that ends otherwise, as texts, not escaped. */
export const changeOf = ({ first, second }: Otherwise): Change => {
  const { atMs, name, topic } = first ?? second ?? nothing;
  return {
    at: clock(atMs),
    what: name ?? `a message on ${topic}`,
    ends: [first?.end ?? 'missing', second?.end ?? 'missing'],
    why: second?.detail ?? (second === undefined ? undefined : first?.detail) ?? '',
  };
};

/** A message that ends otherwise, as a line: its arrival, both ends, its name, and why it is not notified. */
export const otherwiseText = (otherwise: Otherwise): string => {
  const { at, what, ends, why } = changeOf(otherwise);
  const because = why === '' ? '' : `: ${printable(why)}`;
  return `${at}  ${ends.join(' → ').padEnd(30)} ${printable(shortened(what, 100))}${because}`;
};

/** A message that ends otherwise, as a line of JSON (docs/json.md). */
export const otherwiseJson = ({ first, second }: Otherwise): string => {
  const { atMs, receivedAt, key, name, topic } = first ?? second ?? nothing;
  return jsonLine({
    at_ms: Math.floor(atMs),
    received_at: rfc3339(receivedAt),
    key,
    name,
    topic,
    end: first?.end ?? null,
    detail: first?.detail,
    took_ms: first === undefined ? null : Math.round(first.tookMs),
    against_end: second?.end ?? null,
    against_detail: second?.detail,
    against_took_ms: second === undefined ? null : Math.round(second.tookMs),
  });
};

const nothing = { atMs: 0, receivedAt: 0, key: '', name: undefined, topic: '' };
