import { from, map } from 'rxjs';
import { type Understood, understand } from '../lib/delivery/deliverable.js';
import type { DecodeRules } from '../lib/message/decode.js';
import type { SpoolFile } from '../lib/spool/spool-file.js';
import type { SpoolPort } from './spooling.js';

/** What turns a spool's file into what delivery uses. */
export interface SpoolPortDeps {
  readonly file: SpoolFile;
  readonly decodeRules: DecodeRules;
  /** A message that waited for longer since its receipt is expired, ms. */
  readonly maxAgeMs: number;
  /** Wall clock, ms since the epoch: the one that outlasts a restart. */
  readonly now: () => number;
}

/** The spool as a source of the pipeline: what comes out of it is decoded by the same rules as what came in. */
export const spoolPort = ({ file, decodeRules, maxAgeMs, now }: SpoolPortDeps): SpoolPort => ({
  get integrations() {
    return file.integrations;
  },
  has: (integration) => file.has(integration),
  store: (messages) => from(file.append(messages)),
  take: (integration, most) =>
    from(file.take(integration, most)).pipe(
      map((taken) =>
        taken.map(({ id, publish }) => ({
          id,
          waitedMs: Math.max(0, now() - publish.receivedAt),
          understood: agedBy(maxAgeMs, understand(decodeRules)(publish)),
        })),
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
