/** Where in the file something is: its packet, and the time of that packet, ms since the epoch. */
export interface Moment {
  readonly number: number;
  readonly timeMs: number;
}

/** A captured packet. */
export interface FilePacket {
  /** The packet number, from 1, as Wireshark counts. */
  readonly number: number;
  /** Since the epoch, ms; undefined if the file has no time. */
  readonly timeMs: number | undefined;
  /** The type of its first layer: a LINKTYPE of tcpdump.org; undefined if the file does not describe its interface. */
  readonly linkType: number | undefined;
  readonly data: Uint8Array;
  /** Its size on the wire, bytes: more than `data` if it was cut when it was captured. */
  readonly length: number;
}

/** Why the rest of the file can't be read. */
export interface FileProblem {
  readonly number: number;
  readonly detail: string;
}

export type FileEntry = FilePacket | FileProblem;

/** The maximum block size, bytes: a larger one means that the file is broken. */
export const maxBlockBytes = 16 * 1_048_576;

/** Reads one unit at the start of `bytes`. `size`: how many bytes it took, 0 if more are needed. */
export interface Step {
  readonly size: number;
  readonly entry?: FileEntry;
  readonly next?: Reader;
}

/** A state of the reader, for a block at `at` with `left` bytes available. */
export type Reader = (view: DataView, at: number, left: number, number: number) => Step;

export const more: Step = { size: 0 };

export const broken = (number: number, detail: string): Step => ({ size: 0, entry: { number, detail } });

/** A view of a part of the bytes. */
export const slice = (view: DataView, at: number, length: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + at, length);
