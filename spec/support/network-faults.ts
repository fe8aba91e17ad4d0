import fc, { type Arbitrary } from 'fast-check';
import type { MadeSegment } from './packets.js';

/** What one side of a TCP connection sends, as segments of random sizes. */
export const segmentsOf = (
  from: 'client' | 'broker',
  bytes: Uint8Array,
  seq: number,
  ack: number,
  sizes: readonly number[],
): readonly MadeSegment[] => {
  const segments: MadeSegment[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1_400);
    segments.push({ from, seq: (seq + at) >>> 0, ack, data: bytes.subarray(at, at + size) });
    at += size;
  }
  return segments;
};

/** Where a packet goes in the file: how far it moves, whether it comes twice, and how much of the data before it has. */
export interface Fault {
  readonly late: number;
  readonly again: number;
  readonly overlap: number;
}

export const faults: Arbitrary<readonly Fault[]> = fc.array(
  fc.record({
    late: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(40)),
    again: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 40 })),
    overlap: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(30)),
  }),
  { minLength: 12, maxLength: 12 },
);

/** The segments in the order of a faulty network: late, repeated, and overlapping. */
export const disordered = (
  segments: readonly MadeSegment[],
  how: readonly Fault[],
): readonly MadeSegment[] => {
  const placed = segments.flatMap((segment, at) => {
    const { late = 0, again = 0 } = how[at % how.length] ?? {};
    const once = { place: at + late, segment };
    return again === 0 ? [once] : [once, { place: at + late + again, segment }];
  });
  return placed.sort((one, other) => one.place - other.place).map(({ segment }) => segment);
};

/** Segments that begin with some of the bytes before them. */
export const overlapping = (
  bytes: Uint8Array,
  seq: number,
  segments: readonly MadeSegment[],
  how: readonly Fault[],
): readonly MadeSegment[] =>
  segments.map((segment, at) => {
    const start = (segment.seq - seq) >>> 0;
    const overlap = Math.min(start, how[at % how.length]?.overlap ?? 0);
    const end = start + (segment.data?.length ?? 0);
    return { ...segment, seq: (segment.seq - overlap) >>> 0, data: bytes.subarray(start - overlap, end) };
  });

/** The fragments of an IP packet as `ipPacket` makes it, of this many bytes of data each, in steps of 8. */
export const fragmentsOf = (ip: Buffer, id: number, size: number): readonly Buffer[] => {
  const isSix = (ip[0] ?? 0) >> 4 === 6;
  // IPv6 has a hop-by-hop header, which is in each fragment.
  const headerBytes = isSix ? 48 : 20;
  const body = ip.subarray(headerBytes);
  const step = Math.max(8, size - (size % 8));
  const fragments: Buffer[] = [];
  for (let at = 0; at < body.length; at += step) {
    const part = body.subarray(at, at + step);
    const isMore = at + step < body.length;
    const header = Buffer.from(ip.subarray(0, headerBytes));
    if (isSix) {
      const fragment = Buffer.alloc(8);
      fragment[0] = 6;
      fragment.writeUInt16BE(at | (isMore ? 1 : 0), 2);
      fragment.writeUInt32BE(id, 4);
      header[40] = 44;
      header.writeUInt16BE(16 + part.length, 4);
      fragments.push(Buffer.concat([header, fragment, part]));
    } else {
      header.writeUInt16BE(20 + part.length, 2);
      header.writeUInt16BE(id, 4);
      header.writeUInt16BE((isMore ? 0x2000 : 0) | (at / 8), 6);
      fragments.push(Buffer.concat([header, part]));
    }
  }
  return fragments;
};
