import type { Outcome } from '../rules/delivery/outcome.js';
import type { Message } from '../rules/message/decode.js';
import type { Publish } from '../rules/message/publish.js';
import type { IntegrationSet } from '../rules/routing/integrations.js';
import type { Settlement } from '../rules/settlement.js';
import type { Target } from '../rules/target.js';
import { Cells } from './cells.js';
import { type Collected, messageOf, sizeOf } from './collected.js';
import { type Group, Groups } from './groups.js';
import { Durations, latenciesBy } from './latency.js';
import type { ShownResult } from './marks.js';
import type { Run, RunCell, RunMessage, RunRest, RunResult, RunSet } from './run.js';
import { Sample } from './sample.js';

/**
 * How much is kept of notified messages, and how much of all others, bytes: about 40,000 short messages each. Further ones
 * are only counted. With it a run of any length takes less than 400 MB, and its page less than 15 MB.
 */
const room = 24 * 1024 * 1024;

/** At most this many calls are kept for each message, the first ones; its result is kept in any case. */
const maxCalls = 20;

/** Collects the facts of a run for its report, in bounded memory. Times are ms since the start of the run, as given by `now`. */
export class RunCollector {
  readonly #now: () => number;
  readonly #open = new Map<number, Collected>();
  readonly #groups = new Groups();
  readonly #notified = this.#sample();
  readonly #others = this.#sample();
  readonly #cells = new Cells();
  readonly #durations = new Map<string | undefined, Durations>();
  readonly #sets: RunSet[] = [];
  #skippedLines = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  arrived(publish: Publish): void {
    this.#open.set(publish.seq, { publish, at: this.#now(), calls: [] });
  }

  /** Records the start of a call; call the returned function with its outcome. */
  called({ publish }: Message, target: Target): (outcome: Outcome) => void {
    const at = this.#now();
    return (outcome) => {
      const calls = this.#open.get(publish.seq)?.calls;
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
    const { seq } = settlement.publish;
    const collected = this.#open.get(seq);
    if (collected === undefined || settlement.kind === 'spooled') return;
    this.#open.delete(seq);
    const at = this.#now();
    if (settlement.kind === 'notified') {
      this.#took(settlement.message?.integration, at - collected.at);
      this.#take(collected, settlement.message, { at, kind: 'notified' });
    } else {
      this.#take(collected, settlement.message, { at, kind: settlement.reason, detail: settlement.detail });
    }
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

  /** The run up to now. Ends the collection: what is not settled by now stays so. */
  run(about: Pick<Run, 'title' | 'startedAt' | 'speed' | 'target' | 'calls'>): Run {
    for (const collected of this.#open.values()) this.#take(collected, undefined, undefined);
    this.#open.clear();
    const messages = [...this.#notified.items(), ...this.#others.items()].sort((a, b) => a.at - b.at);
    const rest = this.#rest();
    return {
      ...about,
      durationMs: this.#now(),
      messages,
      ...(rest.cells.length === 0 ? {} : { rest }),
      sets: this.#sets,
      skippedLines: this.#skippedLines,
    };
  }

  #sample(): Sample<Group, RunMessage> {
    return new Sample(room, sizeOf, (group, { at, result }) => {
      this.#cells.add(group.number, at, result?.at ?? this.#now());
    });
  }

  #took(integration: string | undefined, ms: number): void {
    const durations = this.#durations.get(integration) ?? new Durations();
    this.#durations.set(integration, durations);
    durations.add(ms);
  }

  /** Keeps a message, or counts it if it is one too many. */
  #take(collected: Collected, message: Message | undefined, result: RunResult | undefined): void {
    const kind: ShownResult = result?.kind ?? 'not settled';
    const group = this.#groups.of(kind, message?.integration);
    const sample = kind === 'notified' ? this.#notified : this.#others;
    if (sample.takesNext(group)) sample.keep(group, messageOf(collected, message, result));
    else this.#cells.add(group.number, collected.at, result?.at ?? this.#now());
  }

  #rest(): RunRest {
    const cells = Array.from(this.#cells.cells(), ({ group, ...cell }): RunCell => {
      const { kind = 'notified', integration } = this.#groups.all[group] ?? {};
      return { ...cell, kind, ...(integration === undefined ? {} : { integration }) };
    });
    return { stepMs: this.#cells.stepMs, cells, latencies: latenciesBy(this.#durations) };
  }
}
