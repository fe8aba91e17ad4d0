import type { Style } from '../../lib/explain/show.js';
import { messageKey } from '../../lib/rules/message/message-key.js';
import { resultOf } from '../../lib/rules/tally.js';
import type { Target } from '../../lib/rules/target.js';
import { jsonLine, printable, shortened } from '../../lib/util/printable.js';
import type { Tapped } from '../../streams/programs/tap.js';

const show = (target: Target): string => (target.kind === 'notifier' ? 'notifier' : target.sendAddr);

/** A message as a line of text: time of receipt (UTC), name or topic, and where it would go or why not. */
export const textLine = ({ settlement, targets }: Tapped, { good, bad, faint }: Style): string => {
  const { message, publish } = settlement;
  const time = new Date(publish.receivedAt).toISOString().slice(11, 23);
  const what = printable(shortened(message?.name ?? publish.topic, 100)).padEnd(30);
  const result =
    settlement.kind === 'dead-lettered'
      ? `${bad(settlement.reason)}: ${printable(settlement.detail)}`
      : `→ ${good(printable(targets.map(show).join(', ')))}`;
  const waited = settlement.tookMs < 1 ? '' : faint(`, after ${(settlement.tookMs / 1000).toFixed(3)} s`);
  return `${faint(time)}  ${what} ${result}${waited}`;
};

/** A message as a line of JSON. */
export const jsonLineOf = ({ settlement, targets }: Tapped): string => {
  const { message, publish, tookMs } = settlement;
  return jsonLine({
    received_at: new Date(publish.receivedAt).toISOString(),
    end: resultOf(settlement),
    detail: settlement.kind === 'dead-lettered' ? settlement.detail : undefined,
    name: message?.name,
    integration: message?.integration,
    key: messageKey(publish),
    topic: publish.topic,
    qos: publish.qos,
    retain: publish.retain,
    targets: targets.map(show),
    took_ms: Math.round(tookMs),
  });
};
