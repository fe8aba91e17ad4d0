import type { Random } from './random.js';

/** Boundary values of fields of 1, 2 and 4 bytes and of variable byte integers. */
const edges: readonly number[] = [
  0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
];
const longest = 65_536;

type Mutation = (input: Buffer, random: Random) => Buffer;

const replaced = (input: Buffer, from: number, to: number, by: Buffer): Buffer =>
  Buffer.concat([input.subarray(0, from), by, input.subarray(to)]);

const number = (random: Random): Buffer => {
  const size = random.pick([1, 2, 4]);
  const bytes = Buffer.alloc(4);
  const edge = random.pick(edges);
  if (random.chance(0.5)) bytes.writeUInt32BE(edge, 0);
  else bytes.writeUInt32LE(edge, 0);
  return random.chance(0.5) ? bytes.subarray(0, size) : bytes.subarray(4 - size);
};

const range = (input: Buffer, random: Random): readonly [number, number] => {
  const from = random.below(input.length + 1);
  const most = random.chance(0.8) ? 16 : input.length;
  return [from, Math.min(input.length, from + random.below(most + 1))];
};

const mutations: readonly Mutation[] = [
  // Flips a bit.
  (input, random) => {
    const copy = Buffer.from(input);
    const at = random.below(copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
    return copy;
  },
  // Writes a boundary value over bytes or between them.
  (input, random) => {
    const by = number(random);
    const at = random.below(input.length + 1);
    return replaced(input, at, Math.min(input.length, at + (random.chance(0.8) ? by.length : 0)), by);
  },
  // Removes, repeats or moves a part.
  (input, random) => replaced(input, ...range(input, random), Buffer.alloc(0)),
  (input, random) => {
    const [from, to] = range(input, random);
    const times = random.chance(0.9) ? 2 : 1 + random.below(100);
    return replaced(input, from, to, Buffer.concat(Array(times).fill(input.subarray(from, to))));
  },
  (input, random) => {
    const [from, to] = range(input, random);
    const at = random.below(input.length + 1);
    return replaced(input, at, at, input.subarray(from, to));
  },
  // Torn as by a power cut: truncated, or zeros from some byte on.
  (input, random) => input.subarray(0, random.below(input.length + 1)),
  (input, random) => Buffer.from(input).fill(0, random.below(input.length + 1)),
  // Inserts random bytes.
  (input, random) => replaced(input, ...range(input, random), random.bytes(random.below(9))),
];

/** The input, broken in one way; no longer than 64 KiB. */
export const mutateBytes: Mutation = (input, random) =>
  (input.length === 0 ? random.bytes(1 + random.below(8)) : random.pick(mutations)(input, random)).subarray(
    0,
    longest,
  );
