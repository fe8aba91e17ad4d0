import type { Reason } from '../rules/rejection.js';
import type { Latencies } from './latency.js';
import type { ShownResult } from './marks.js';

/** A finished call to cvmain for a message. Times are ms since the start of the run. */
export interface RunCall {
  readonly target: 'notifier' | 'external';
  /** The app's address, if the target is external. */
  readonly to?: string;
  readonly at: number;
  readonly endedAt: number;
  readonly outcome: 'accepted' | 'refused' | 'failed' | 'away';
  readonly detail?: string;
}

/** The result of a message, and when it was settled: ms since the start of the run. */
export interface RunResult {
  readonly at: number;
  readonly kind: 'notified' | Reason;
  readonly detail?: string;
}

/** The facts of a message, from which a report derives how it was decided. */
export interface RunMessage {
  /** Arrival, ms since the start of the run; may be fractional. */
  readonly at: number;
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly dup: boolean;
  /** The size of the payload. */
  readonly bytes: number;
  /** The beginning of the payload, bounded by the collector. */
  readonly preview: string;
  /** Absent if no name was found. */
  readonly name?: string;
  /** Absent if the name does not split. */
  readonly integration?: string;
  readonly nameFrom?: 'payload' | 'topic';
  /** The body as in its notification, sent or not; bounded by the collector. Absent without a name. */
  readonly body?: { readonly k: 'body' | 'body_base64'; readonly v: string };
  readonly lifetimeMs?: number;
  /** In order of their start; the collector bounds their number. */
  readonly calls: readonly RunCall[];
  /** Absent if it was not settled when the run ended. */
  readonly result?: RunResult;
}

/** Messages of which only the number is kept. Times are ms since the start of the run, rounded down to a step. */
export interface RunCell {
  readonly at: number;
  /** The end of the run for what was not settled. */
  readonly settledAt: number;
  readonly kind: ShownResult;
  /** Absent if they had none, or if there are too many to tell them apart. */
  readonly integration?: string;
  readonly count: number;
}

/** What is known of the messages that are not kept one by one. */
export interface RunRest {
  /** The step of their times, ms: a power of two. */
  readonly stepMs: number;
  readonly cells: readonly RunCell[];
  /** The latencies of all messages of the run, those that are kept included. */
  readonly latencies: Latencies;
}

/** A new live set, in full. */
export interface RunSet {
  readonly at: number;
  readonly names: readonly string[];
}

/** A run of the pipeline over a capture, as shown by a report. */
export interface Run {
  /** The title, such as the names of the files. */
  readonly title: string;
  /** The wall clock at offset 0, ms since the epoch. */
  readonly startedAt?: number;
  readonly durationMs: number;
  /** The requested speed: `max`, `10x`. */
  readonly speed: string;
  readonly target: 'dry-run' | 'cvmain' | 'broker';
  /** What is known of the calls to cvmain: made, recorded, or assumed to succeed as nothing is known. */
  readonly calls: 'made' | 'recorded' | 'assumed';
  /** In order of arrival. */
  readonly messages: readonly RunMessage[];
  /** The messages missing from `messages`, as there were too many to keep each one. */
  readonly rest?: RunRest;
  readonly sets: readonly RunSet[];
  /** Number of broken lines in the capture. */
  readonly skippedLines: number;
}
