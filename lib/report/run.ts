import type { Reason } from '../rules/rejection.js';

/** A call to cvmain for a message, as it ended. Times are ms since the start of the run. */
export interface RunCall {
  readonly target: 'notifier' | 'external';
  /** The app's own address, of a call whose target is external. */
  readonly to?: string;
  readonly at: number;
  readonly endedAt: number;
  readonly outcome: 'accepted' | 'refused' | 'failed' | 'away';
  readonly detail?: string;
}

/** How a message ended, and when: ms since the start of the run. */
export interface RunEnd {
  readonly at: number;
  readonly kind: 'notified' | Reason;
  readonly detail?: string;
}

/** What is known of a message: facts alone, from which a report tells how it was decided. */
export interface RunMessage {
  /** Arrival, ms since the start of the run; fractions count. */
  readonly at: number;
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly dup: boolean;
  /** Of the payload. */
  readonly bytes: number;
  /** Of the payload; whoever collects it bounds it. */
  readonly preview: string;
  /** Absent where nothing gave a name. */
  readonly name?: string;
  /** Absent where the name does not split. */
  readonly integration?: string;
  readonly nameFrom?: 'payload' | 'topic';
  /** The body as its notification carries it, or would have; whoever collects it bounds it. Absent where there is no name. */
  readonly body?: { readonly k: 'body' | 'body_base64'; readonly v: string };
  readonly lifetimeMs?: number;
  /** In the order in which they began; whoever collects them bounds how many. */
  readonly calls: readonly RunCall[];
  /** Absent: not settled when the run ended. */
  readonly end?: RunEnd;
}

/** A whole new live set. */
export interface RunSet {
  readonly at: number;
  readonly names: readonly string[];
}

/** A run of the pipeline over a capture: what a report shows. */
export interface Run {
  /** What was run, such as the names of the files. */
  readonly title: string;
  /** The wall clock at offset 0, ms since the epoch. */
  readonly startedAt?: number;
  readonly durationMs: number;
  /** As it was asked for: `max`, `10x`. */
  readonly speed: string;
  readonly target: 'dry-run' | 'cvmain' | 'broker';
  /** In order of arrival. */
  readonly messages: readonly RunMessage[];
  /** Messages of the run that are not among `messages`, as there were too many to keep. */
  readonly leftOut?: number;
  readonly sets: readonly RunSet[];
  /** Lines of the capture that were broken. */
  readonly skippedLines: number;
}
