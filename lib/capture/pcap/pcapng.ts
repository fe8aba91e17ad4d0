import { isTime } from '../../util/time.js';
import { broken, maxBlockBytes, more, type Reader, type Step, slice } from './step.js';

/** The type of the block that begins a section, the same in each byte order. */
export const sectionType = 0x0a0d0d0a;

interface Interface {
  readonly linkType: number;
  readonly snapLength: number;
  readonly ticks: number;
  readonly offsetMs: number;
}

/** Reads the block that begins a section of a pcapng file: it says the byte order of all that follow. */
export const section: Reader = (view, at, left, number) => {
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

/** Block types: Interface Description, Simple Packet, Enhanced Packet, and Packet, which is obsolete. */
const types = { interface: 1, obsolete: 2, simple: 3, enhanced: 6 } as const;

const block =
  (little: boolean, interfaces: Interface[]): Reader =>
  (view, at, left, number) => {
    if (left >= 4 && view.getUint32(at) === sectionType) return section(view, at, left, number);
    const whole = sized(view, at, left, little, number);
    const { size } = whole;
    if (size === 0) return whole;
    switch (view.getUint32(at, little)) {
      case types.interface:
        if (size >= 20) interfaces.push(interfaceOf(view, at, size, little));
        return whole;
      case types.enhanced:
        if (size < 32) return whole;
        return packet(interfaces[view.getUint32(at + 8, little)], view, at, size, little, number);
      case types.obsolete:
        if (size < 32) return whole;
        return packet(interfaces[view.getUint16(at + 8, little)], view, at, size, little, number);
      case types.simple: {
        const [first] = interfaces;
        if (size < 16) return whole;
        const length = view.getUint32(at + 8, little);
        const limit = Math.min(size - 16, first?.snapLength || size);
        const data = slice(view, at + 12, Math.min(length, limit));
        return { size, entry: { number, timeMs: undefined, linkType: first?.linkType, data, length } };
      }
      default:
        return whole;
    }
  };

const packet = (
  from: Interface | undefined,
  view: DataView,
  at: number,
  size: number,
  little: boolean,
  number: number,
): Step => {
  const captured = Math.min(view.getUint32(at + 20, little), size - 32);
  const ticks = view.getUint32(at + 12, little) * 2 ** 32 + view.getUint32(at + 16, little);
  const ms = from === undefined ? Number.NaN : (ticks / from.ticks) * 1000 + from.offsetMs;
  return {
    size,
    entry: {
      number,
      timeMs: isTime(ms) ? ms : undefined,
      linkType: from?.linkType,
      data: slice(view, at + 28, captured),
      length: Math.max(captured, view.getUint32(at + 24, little)),
    },
  };
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
