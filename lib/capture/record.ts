import type { Publish } from '../rules/message/publish.js';
import type { IntegrationSet } from '../rules/routing/integrations.js';
import type { Skip } from './skip.js';
import type { StartTime } from './start-time.js';

/** The MQTT 5 properties of a publish, named as in `mosquitto_sub -F %j` (MQTT 5, 3.3.2.3). */
export interface PublishProperties {
  readonly 'payload-format-indicator'?: number;
  readonly 'message-expiry-interval'?: number;
  readonly 'content-type'?: string;
  readonly 'response-topic'?: string;
  /** Base64, as it may hold any bytes. */
  readonly 'correlation-data'?: string;
  readonly 'user-properties'?: readonly (readonly [name: string, value: string])[];
}

/** The start of a capture. Not every format has all fields. */
export interface CaptureStart extends StartTime {
  readonly kind: 'start';
  /** The topic filters of the capture's session. */
  readonly filters: readonly string[];
  /** It is a flight recorder's. */
  readonly isRecording?: true;
}

/** A captured publish. */
export interface CapturedPublish {
  readonly kind: 'publish';
  /** Since the last `start`, or the first record if there is none, ms; never decreases from there. */
  readonly offsetMs: number;
  /** Its `seq` is its number among the publishes of the capture, from 1. */
  readonly publish: Publish;
  /** Absent for QoS 0, and if the capture does not have it. */
  readonly packetId?: number;
  readonly properties?: PublishProperties;
}

/** The live set from this moment on. */
export interface CapturedSet {
  readonly kind: 'set';
  readonly offsetMs: number;
  readonly integrations: IntegrationSet;
}

/** Whether cvmain serves from this moment on; before the first such record it is not known. */
export interface CapturedPresence {
  readonly kind: 'cvmain';
  readonly offsetMs: number;
  readonly serves: boolean;
}

/** A part of the file that is not a record. */
export interface Broken {
  readonly kind: 'broken';
  /** The line number from 1; for a file without lines, the record number. */
  readonly line: number;
  /** The file, if there are several. */
  readonly file?: string;
  readonly detail: string;
  /** What `line` counts, if not lines. */
  readonly unit?: 'packet';
  /** How many lines it stands for, if more than one. */
  readonly lines?: number;
  /** The rest of the file can't be read. */
  readonly isLast?: true;
}

/** Something to say about a file as a whole: what was chosen or left out. */
export interface Note {
  readonly kind: 'note';
  /** The file, if there are several. */
  readonly file?: string;
  readonly detail: string;
  /** Whether there is something in the file, and none of it can be read. */
  readonly isUnread: boolean;
}

/** A record of a capture, whatever its format. Records are in order of time. */
export type CaptureRecord = CaptureStart | CapturedPublish | CapturedSet | CapturedPresence | Broken | Note;

/**
 * The records of one file, a batch for each chunk read: so backpressure reaches the file, and no record needs a promise of
 * its own. Rejects with the system's error if the file can't be read.
 */
export type Records = AsyncIterable<readonly CaptureRecord[]>;

/** Reads the records of one format from its bytes. `skip`: what may be left out. */
export type Importer = (chunks: AsyncIterable<Uint8Array>, skip?: Skip) => Records;
