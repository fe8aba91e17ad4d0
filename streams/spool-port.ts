import { from, map } from 'rxjs';
import type { Clock } from '../lib/clock/clock.js';
import { type Arrival, arrivalOf, receiptOf } from '../lib/clock/receipt.js';
import { type Understood, understand } from '../lib/delivery/deliverable.js';
import type { DecodeRules } from '../lib/message/decode.js';
import type { SpoolFile } from '../lib/spool/spool-file.js';
import type { SpoolPort } from './spooling.js';

/** What turns a spool's file into what delivery uses. */
export interface SpoolPortDeps {
  readonly file: Pick<SpoolFile, 'integrations' | 'has' | 'append' | 'take' | 'settled'>;
  readonly decodeRules: DecodeRules;
  /** A message that waited for longer since its receipt is expired, ms. */
  readonly maxAgeMs: number;
  /** Its uptime is the pipeline's time. */
  readonly clock: Clock;
}

/** The spool as a source of the pipeline: what comes out of it is decoded by the same rules as what came in. */
export const spoolPort = ({ file, decodeRules, maxAgeMs, clock }: SpoolPortDeps): SpoolPort => ({
  get integrations() {
    return file.integrations;
  },
  has: (integration) => file.has(integration),
  store: (messages) =>
    from(
      file.append(
        messages.map(({ arrivedAt, ...message }) => ({ ...message, receipt: receiptOf(clock, arrivedAt) })),
      ),
    ),
  take: (integration, most) =>
    from(file.take(integration, most)).pipe(
      map((taken) =>
        taken.map(({ id, publish, receipt }) => {
          const arrival = arrivalOf(clock, receipt);
          const understood = understand(decodeRules)({ ...publish, arrivedAt: arrival.arrivedAt });
          return { id, understood: agedBy(maxAgeMs, inTime(arrival, clock, understood)) };
        }),
      ),
    ),
  settled: (id) => file.settled(id),
});

/** What is understood of a message, which is good for no longer than the spool keeps it. */
export const agedBy = (maxAgeMs: number, understood: Understood): Understood => {
  if (understood.kind === 'dead-lettered') return understood;
  const { message } = understood;
  const lifetimeMs = Math.min(maxAgeMs, message.lifetimeMs);
  return { ...understood, message: { ...message, lifetimeMs } };
};

/** A stale command is dangerous: one that has a lifetime is over where nobody knows how old it is (design.md, decision 17). */
const inTime = ({ arrivedAt, isKnown }: Arrival, clock: Clock, understood: Understood): Understood => {
  if (understood.kind === 'dead-lettered' || isKnown) return understood;
  const { message } = understood;
  if (message.lifetimeMs === Number.POSITIVE_INFINITY) return understood;
  return {
    kind: 'dead-lettered',
    publish: message.publish,
    message,
    reason: 'expired',
    detail: `its lifetime of ${message.lifetimeMs} ms may be over: it is of an earlier boot, and the clock is not known to have been synchronised both then and now`,
    attempts: 0,
    tookMs: clock.uptimeMs() - arrivedAt,
  };
};
