import { section, sectionType } from './pcapng.js';
import { broken, type FileEntry, maxBlockBytes, more, type Reader, type Step, slice } from './step.js';

/**
 * Reads the packets from the chunks of a pcap or pcapng file, in any byte order; converts times of any resolution (µs, ns,
 * if_tsresol) to ms. undefined is the end of the file: a file that ends within a packet or block is a problem. Keeps at most
 * one block. (draft-ietf-opsawg-pcap and -pcapng)
 */
export const packetReader = (): ((chunk: Uint8Array | undefined) => readonly FileEntry[]) => {
  let rest: Uint8Array = new Uint8Array();
  let read: Reader | undefined = fileHeader;
  let number = 1;
  return (chunk) => {
    if (read === undefined) return [];
    if (chunk === undefined)
      return rest.length === 0 ? [] : [{ number, detail: 'the file is cut off in this packet' }];
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

const fileHeader: Reader = (view, at, left, number) => {
  if (left < 4) return more;
  const magic = view.getUint32(at);
  if (magic === sectionType) return section(view, at, left, number);
  const known = magics.get(magic);
  if (known === undefined) return broken(number, 'is not a pcap file');
  if (left < 24) return more;
  const { little, ticks, header } = known;
  // The upper bits describe the checksum after each packet.
  const linkType = view.getUint32(at + 20, little) & 0xffff;
  return { size: 24, next: pcapPacket(little, ticks, header, linkType) };
};

/** By the first four bytes, big-endian. `ticks`: per second. `header`: the size of a packet's header, bytes. */
const magics = new Map([
  [0xa1b2c3d4, { little: false, ticks: 1e6, header: 16 }],
  [0xd4c3b2a1, { little: true, ticks: 1e6, header: 16 }],
  [0xa1b23c4d, { little: false, ticks: 1e9, header: 16 }],
  [0x4d3cb2a1, { little: true, ticks: 1e9, header: 16 }],
  // With more fields for each packet, as patched libpcaps of about 2000 wrote it.
  [0xa1b2cd34, { little: false, ticks: 1e6, header: 24 }],
  [0x34cdb2a1, { little: true, ticks: 1e6, header: 24 }],
]);

const pcapPacket =
  (little: boolean, ticks: number, header: number, linkType: number): Reader =>
  (view, at, left, number) => {
    if (left < header) return more;
    const size = view.getUint32(at + 8, little);
    if (size > maxBlockBytes) return broken(number, 'the file is broken here: a packet has an absurd length');
    if (left < header + size) return more;
    const timeMs = view.getUint32(at, little) * 1000 + (view.getUint32(at + 4, little) / ticks) * 1000;
    const length = Math.max(size, view.getUint32(at + 12, little));
    return {
      size: header + size,
      entry: { number, timeMs, linkType, data: slice(view, at + header, size), length },
    };
  };
