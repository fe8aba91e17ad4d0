import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { pipeline, Readable } from 'node:stream';
import { errorCode } from '../util/error-code.js';

/** Compressed data that a program of the system unpacks. */
interface Packing {
  readonly begins: readonly number[];
  readonly program: string;
  /** With a bound of the memory that the data can ask for. */
  readonly args: readonly string[];
  /** The package with the program, as Debian calls it. */
  readonly package: string;
}

const packings: readonly Packing[] = [
  { begins: [0x28, 0xb5, 0x2f, 0xfd], program: 'zstd', args: ['-dcq', '-M256MB'], package: 'zstd' },
  { begins: [0xfd, 0x37, 0x7a, 0x58, 0x5a], program: 'xz', args: ['-dcq', '-M256MiB'], package: 'xz-utils' },
  { begins: [0x42, 0x5a, 0x68], program: 'bzip2', args: ['-dcq'], package: 'bzip2' },
  { begins: [0x04, 0x22, 0x4d, 0x18], program: 'lz4', args: ['-dcq'], package: 'lz4' },
];

/** The code of the error with which {@link unpacked} rejects; its message is for people. */
export const unpackingFailed = 'ERR_UNPACKING';

const failure = (message: string): Error => Object.assign(new Error(message), { code: unpackingFailed });

/** How a file is packed, by its first bytes, if a program of the system can unpack it. */
export const packingOf = (head: Uint8Array): Packing | undefined =>
  packings.find(({ begins }) => begins.every((byte, at) => head[at] === byte));

/**
 * Unpacks data with a program of the system. Rejects with the code {@link unpackingFailed} if the program is missing, or if
 * the data is damaged, after what could be unpacked. The program ends when the consumer stops.
 */
export async function* unpacked(
  { program, args, package: name }: Packing,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const started = await start(child);
  if (started !== undefined)
    throw failure(
      `is compressed with ${program}, which is not installed: install the package ${name}, or unpack it first`,
    );
  const exited = once(child, 'exit');
  let unread: unknown;
  // A program that ends early leaves the rest unread.
  pipeline(Readable.from(chunks, { objectMode: false }), child.stdin, (error) => {
    if (errorCode(error) !== 'EPIPE') unread = error;
  });
  try {
    yield* child.stdout;
    const [code] = await exited;
    if (unread) throw unread;
    if (code !== 0) throw failure(`the ${program} data is cut off or damaged: read up to there`);
  } finally {
    child.kill();
  }
}

/** Resolves with the error if it can't be started. */
const start = (child: ChildProcess): Promise<Error | undefined> =>
  new Promise((resolve) => {
    child.once('spawn', () => resolve(undefined));
    child.once('error', resolve);
  });
