import type { Outcome } from '../rules/delivery/outcome.js';
import type { Message } from '../rules/message/decode.js';
import { byteLength, type Payload } from '../rules/message/payload.js';
import type { Publish } from '../rules/message/publish.js';
import type { IntegrationSet } from '../rules/routing/integrations.js';
import type { Settlement } from '../rules/settlement.js';
import type { Target } from '../rules/target.js';
import type { Run, RunCall, RunMessage, RunResult, RunSet } from './run.js';

/** At most this many messages are kept; further ones are only counted. */
const maxMessages = 200_000;

/** At most this many calls are kept for each message, the first ones; its result is kept in any case. */
const maxCalls = 20;

/** How much of a payload is kept for display, characters. */
const maxPreview = 200;

interface Collected {
  readonly publish: Publish;
  readonly at: number;
  readonly calls: RunCall[];
  message?: Message;
  result?: RunResult;
}

/** Collects the facts of a run for its report. Times are ms since the start of the run, as given by `now`. */
export class RunCollector {
  readonly #now: () => number;
  readonly #messages = new Map<number, Collected>();
  readonly #sets: RunSet[] = [];
  #leftOut = 0;
  #skippedLines = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  arrived(publish: Publish): void {
    if (this.#messages.size < maxMessages) {
      this.#messages.set(publish.seq, { publish, at: this.#now(), calls: [] });
    } else this.#leftOut += 1;
  }

  /** Records the start of a call; call the returned function with its outcome. */
  called({ publish }: Message, target: Target): (outcome: Outcome) => void {
    const at = this.#now();
    return (outcome) => {
      const calls = this.#messages.get(publish.seq)?.calls;
      if (calls === undefined || calls.length >= maxCalls) return;
      calls.push({
        target: target.kind,
        ...(target.kind === 'external' ? { to: target.sendAddr } : {}),
        at,
        endedAt: this.#now(),
        outcome: outcome.kind,
        ...('detail' in outcome ? { detail: outcome.detail } : {}),
      });
    };
  }

  settled(settlement: Settlement): void {
    const collected = this.#messages.get(settlement.publish.seq);
    if (collected === undefined || settlement.kind === 'spooled') return;
    const at = this.#now();
    if (settlement.message !== undefined) collected.message = settlement.message;
    collected.result =
      settlement.kind === 'notified'
        ? { at, kind: 'notified' }
        : { at, kind: settlement.reason, detail: settlement.detail };
  }

  /** Records a change of the live set; of several at the same moment, the last one counts. */
  setChanged(integrations: IntegrationSet): void {
    const at = this.#now();
    if (this.#sets.at(-1)?.at === at) this.#sets.pop();
    this.#sets.push({ at, names: [...integrations.keys()] });
  }

  skippedLine(): void {
    this.#skippedLines += 1;
  }

  /** The run up to now. */
  run(about: Pick<Run, 'title' | 'startedAt' | 'speed' | 'target' | 'calls'>): Run {
    return {
      ...about,
      durationMs: this.#now(),
      messages: [...this.#messages.values()].map(messageOf),
      ...(this.#leftOut > 0 ? { leftOut: this.#leftOut } : {}),
      sets: this.#sets,
      skippedLines: this.#skippedLines,
    };
  }
}

const messageOf = ({ publish, at, calls, message, result }: Collected): RunMessage => ({
  at,
  topic: publish.topic,
  qos: publish.qos,
  retain: publish.retain,
  dup: publish.dup,
  bytes: byteLength(publish.payload),
  preview: previewOf(publish.payload),
  ...(message === undefined ? {} : factsOf(message)),
  calls,
  ...(result === undefined ? {} : { result }),
});

const factsOf = (message: Message) => ({
  name: message.name,
  integration: message.integration,
  // Without an envelope, the payload is the body.
  nameFrom: message.body === message.publish.payload ? ('topic' as const) : ('payload' as const),
  body: {
    k: 'text' in message.body ? ('body' as const) : ('body_base64' as const),
    v: previewOf(message.body),
  },
  ...(Number.isFinite(message.lifetimeMs) ? { lifetimeMs: message.lifetimeMs } : {}),
});

const previewOf = (payload: Payload): string =>
  'text' in payload
    ? payload.text.slice(0, maxPreview)
    : Buffer.from(payload.bytes.subarray(0, maxPreview)).toString('base64');
