import { mutateBytes } from './mutate.js';
import { Random } from './random.js';
import type { Target } from './target.js';

/** An input that breaks a promise. */
export interface Finding {
  readonly target: string;
  /** Seed of the case. */
  readonly seed: number;
  readonly input: Buffer;
  readonly problem: string;
}

/** CPU time that one case may take, ms: inputs have 64 KiB at most. */
const maxCpuMs = 2_000;
/** Bytes outside the heap that one case may keep. */
const maxBytes = 128 * 2 ** 20;

/** The input of a case: a valid one, usually mutated several times. */
export const inputOf = (target: Target, seed: number): Buffer => {
  const random = new Random(seed);
  let input = target.make(random);
  const mutations = random.chance(0.1) ? 0 : 1 + random.below(random.pick([1, 2, 8]));
  for (let n = 0; n < mutations; n += 1) {
    const structured = target.mutate !== undefined && random.chance(0.6);
    input = (structured && target.mutate?.(input, random)) || mutateBytes(input, random);
  }
  return input;
};

/** Runs one input. Resolves with what went wrong; undefined when nothing did. */
const problemOf = async (target: Target, input: Buffer): Promise<string | undefined> => {
  const [cpu, memory] = [process.cpuUsage(), process.memoryUsage().arrayBuffers];
  let tell: (error: unknown) => void = () => undefined;
  const stray = new Promise<never>((_, reject) => {
    tell = reject;
  });
  stray.catch(() => undefined);
  for (const event of strays) process.on(event, tell);
  try {
    const ran = target.run(Buffer.from(input));
    if (ran !== undefined) await Promise.race([ran, stray]);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : `thrown: ${String(error)}`;
  } finally {
    for (const event of strays) process.off(event, tell);
  }
  const { user, system } = process.cpuUsage(cpu);
  const cpuMs = (user + system) / 1_000;
  if (cpuMs > maxCpuMs) return `broken: it took ${Math.round(cpuMs)} ms of CPU time`;
  const held = process.memoryUsage().arrayBuffers - memory;
  if (held > maxBytes) return `broken: it holds ${held} bytes`;
  return Object.keys(Object.prototype).length === 0 ? undefined : 'broken: Object.prototype was changed';
};

const strays = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Runs the cases with these seeds until one breaks a promise. Resolves with that case and the shortest input
 * found that still breaks it.
 */
export const runCases = async (
  target: Target,
  seeds: Iterable<number>,
  begin: (seed: number) => void = () => undefined,
): Promise<Finding | undefined> => {
  for (const seed of seeds) {
    begin(seed);
    const input = inputOf(target, seed);
    const problem = await problemOf(target, input);
    if (problem === undefined) continue;
    return { target: target.name, seed, problem, input: await shrunk(target, input) };
  }
  return undefined;
};

/** Time limit for shrinking, ms. */
const shrinkMs = 20_000;

/** Shrinks an input: removes one part after the other as long as it still breaks a promise. */
const shrunk = async (target: Target, input: Buffer): Promise<Buffer> => {
  let best = input;
  const until = performance.now() + shrinkMs;
  for (let size = Math.ceil(best.length / 2); size >= 1; size = Math.floor(size / 2))
    for (let at = 0; at < best.length && performance.now() < until; ) {
      const shorter = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      if ((await problemOf(target, shorter)) === undefined) at += size;
      else best = shorter;
    }
  return best;
};
