import type { Reason } from '../rules/rejection.js';

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
  /** Number of messages missing from `messages`, as there were too many to keep. */
  readonly leftOut?: number;
  readonly sets: readonly RunSet[];
  /** Number of broken lines in the capture. */
  readonly skippedLines: number;
}
