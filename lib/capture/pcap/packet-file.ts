import { isTime } from '../../util/time.js';

/** A captured packet. */
export interface FilePacket {
  /** The packet number, from 1, as Wireshark counts. */
  readonly number: number;
  /** Since the epoch, ms; undefined if the file has no time. */
  readonly timeMs: number | undefined;
  /** The type of its first layer: a LINKTYPE of tcpdump.org. */
  readonly linkType: number;
  readonly data: Uint8Array;
}

/** Why the rest of the file can't be read. */
export interface FileProblem {
  readonly number: number;
  readonly detail: string;
}

export type FileEntry = FilePacket | FileProblem;

/** The maximum block size, bytes: a larger one means that the file is broken. */
const maxBlockBytes = 16 * 1_048_576;

/** Reads one unit at the start of `bytes`. `size`: how many bytes it took, 0 if more are needed. */
interface Step {
  readonly size: number;
  readonly entry?: FileEntry;
  readonly next?: Reader;
}

/** A state of the reader, for a block at `at` with `left` bytes available. */
type Reader = (view: DataView, at: number, left: number, number: number) => Step;

const more: Step = { size: 0 };

/**
 * Reads the packets from the chunks of a pcap or pcapng file, in any byte order; converts times of any resolution (µs, ns,
 * if_tsresol) to ms. Keeps at most one block. (draft-ietf-opsawg-pcap and -pcapng)
 */
export const packetReader = (): ((chunk: Uint8Array) => readonly FileEntry[]) => {
  let rest: Uint8Array = new Uint8Array();
  let read: Reader | undefined = fileHeader;
  let number = 1;
  return (chunk) => {
    if (read === undefined) return [];
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const entries: FileEntry[] = [];
    let at = 0;
    while (read !== undefined) {
      const step: Step = read(view, at, bytes.length - at, number);
      if (step.size === 0 && step.entry === undefined) break;
      at += step.size;
      if (step.next !== undefined) read = step.next;
      if (step.entry === undefined) continue;
      entries.push(step.entry);
      number += 1;
      if ('detail' in step.entry) read = undefined;
    }
    rest = bytes.subarray(at);
    return entries;
  };
};

const broken = (number: number, detail: string): Step => ({ size: 0, entry: { number, detail } });

const fileHeader: Reader = (view, at, left, number) => {
  if (left < 4) return more;
  const magic = view.getUint32(at);
  if (magic === sectionType) return section(view, at, left, number);
  const known = magics.get(magic);
  if (known === undefined) return broken(number, 'is not a pcap file');
  if (left < 24) return more;
  const { little, ticks } = known;
  // The upper bits describe the checksum after each packet.
  const linkType = view.getUint32(at + 20, little) & 0xffff;
  return { size: 24, next: pcapPacket(little, ticks, linkType) };
};

/** By the first four bytes, big-endian. `ticks`: per second. */
const magics = new Map([
  [0xa1b2c3d4, { little: false, ticks: 1e6 }],
  [0xd4c3b2a1, { little: true, ticks: 1e6 }],
  [0xa1b23c4d, { little: false, ticks: 1e9 }],
  [0x4d3cb2a1, { little: true, ticks: 1e9 }],
]);

const pcapPacket =
  (little: boolean, ticks: number, linkType: number): Reader =>
  (view, at, left, number) => {
    if (left < 16) return more;
    const length = view.getUint32(at + 8, little);
    if (length > maxBlockBytes)
      return broken(number, 'the file is broken here: a packet has an absurd length');
    if (left < 16 + length) return more;
    const timeMs = view.getUint32(at, little) * 1000 + (view.getUint32(at + 4, little) / ticks) * 1000;
    return { size: 16 + length, entry: { number, timeMs, linkType, data: slice(view, at + 16, length) } };
  };

const sectionType = 0x0a0d0d0a;

interface Interface {
  readonly linkType: number;
  readonly snapLength: number;
  readonly ticks: number;
  readonly offsetMs: number;
}

const section: Reader = (view, at, left, number) => {
  if (left < 12) return more;
  const magic = view.getUint32(at + 8);
  if (magic !== 0x1a2b3c4d && magic !== 0x4d3c2b1a)
    return broken(number, 'the file is broken here: no byte order');
  const next = block(magic === 0x4d3c2b1a, []);
  return { ...sized(view, at, left, magic === 0x4d3c2b1a, number), next };
};

const sized = (view: DataView, at: number, left: number, little: boolean, number: number): Step => {
  if (left < 12) return more;
  const size = view.getUint32(at + 4, little);
  if (size < 12 || size % 4 !== 0 || size > maxBlockBytes)
    return broken(number, 'the file is broken here: a block has an absurd length');
  return left < size ? more : { size };
};

const block =
  (little: boolean, interfaces: Interface[]): Reader =>
  (view, at, left, number) => {
    if (left >= 4 && view.getUint32(at) === sectionType) return section(view, at, left, number);
    const whole = sized(view, at, left, little, number);
    const { size } = whole;
    if (size === 0) return whole;
    const type = view.getUint32(at, little);
    if (type === 1 && size >= 20) interfaces.push(interfaceOf(view, at, size, little));
    if (type === 6 && size >= 32) {
      const from = interfaces[view.getUint32(at + 8, little)];
      const length = Math.min(view.getUint32(at + 20, little), size - 32);
      if (from === undefined) return { size };
      const high = view.getUint32(at + 12, little);
      const ticks = high * 2 ** 32 + view.getUint32(at + 16, little);
      const ms = (ticks / from.ticks) * 1000 + from.offsetMs;
      const timeMs = isTime(ms) ? ms : undefined;
      return { size, entry: { number, timeMs, linkType: from.linkType, data: slice(view, at + 28, length) } };
    }
    const [first] = interfaces;
    if (type === 3 && size >= 16 && first !== undefined) {
      const limit = Math.min(size - 16, first.snapLength === 0 ? size : first.snapLength);
      const data = slice(view, at + 12, Math.min(view.getUint32(at + 8, little), limit));
      return { size, entry: { number, timeMs: undefined, linkType: first.linkType, data } };
    }
    return whole;
  };

const interfaceOf = (view: DataView, at: number, size: number, little: boolean): Interface => {
  let ticks = 1e6;
  let offsetMs = 0;
  for (let option = at + 16; option + 4 <= at + size - 4; ) {
    const code = view.getUint16(option, little);
    const length = view.getUint16(option + 2, little);
    if (code === 0 || option + 4 + length > at + size - 4) break;
    if (code === 9 && length === 1) ticks = ticksOf(view.getUint8(option + 4));
    if (code === 14 && length === 8) offsetMs = Number(view.getBigInt64(option + 4, little)) * 1000;
    option += 4 + length + (-length & 3);
  }
  return {
    linkType: view.getUint16(at + 8, little),
    snapLength: view.getUint32(at + 12, little),
    ticks,
    offsetMs,
  };
};

/** if_tsresol: a negative power of 10, or of 2 if the highest bit is set. */
const ticksOf = (resolution: number): number =>
  resolution & 0x80 ? 2 ** (resolution & 0x7f) : 10 ** resolution;

const slice = (view: DataView, at: number, length: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + at, length);
