import type { Publish } from '../rules/message/publish.js';
import type { IntegrationSet } from '../rules/routing/integrations.js';

/** The MQTT 5 properties of a publish, named as in `mosquitto_sub -F %j` (MQTT 5, 3.3.2.3). */
export interface PublishProperties {
  readonly 'payload-format-indicator'?: number;
  readonly 'message-expiry-interval'?: number;
  readonly 'content-type'?: string;
  readonly 'response-topic'?: string;
  /** Base64, as its bytes may be any. */
  readonly 'correlation-data'?: string;
  readonly 'user-properties'?: readonly (readonly [name: string, value: string])[];
}

/** What a capture tells of itself; not every format does. */
export interface CaptureStart {
  readonly kind: 'start';
  /** The wall clock at offset 0, ms since the epoch. */
  readonly startedAt: number;
  /** What was subscribed to. */
  readonly filters: readonly string[];
}

/** A publish as it was captured. */
export interface CapturedPublish {
  readonly kind: 'publish';
  /** Since the last `start`, or the first record where there is none, ms; from there it never goes back. */
  readonly offsetMs: number;
  /** Its `seq` is its place among the publishes of the capture, from 1. */
  readonly publish: Publish;
  /** Absent for QoS 0, and where the capture does not tell. */
  readonly packetId?: number;
  readonly properties?: PublishProperties;
}

/** The live set as it was from this moment on. */
export interface CapturedSet {
  readonly kind: 'set';
  readonly offsetMs: number;
  readonly integrations: IntegrationSet;
}

/** A place in the file that is no record. */
export interface Broken {
  readonly kind: 'broken';
  /** The line, from 1; of a file without lines, the record. */
  readonly line: number;
  /** The file that it is in, where there are several. */
  readonly file?: string;
  readonly detail: string;
}

/** What a capture holds, whatever its format, in order of time. */
export type CaptureRecord = CaptureStart | CapturedPublish | CapturedSet | Broken;

/**
 * The records of one file, in batches of what was read at once: so backpressure reaches the file, and no record pays for
 * a promise of its own. Rejects with the system's error when the file can't be read.
 */
export type Records = AsyncIterable<readonly CaptureRecord[]>;

/** What turns the bytes of one format into records. */
export type Importer = (chunks: AsyncIterable<Uint8Array>) => Records;
