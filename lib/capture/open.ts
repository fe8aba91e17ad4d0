import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { openInput } from '../storage/open-input.js';
import { type Line, linesOf } from '../util/lines.js';
import { hasLinesOfJson, kindOf } from './file-kind.js';
import { isMqttx, mqttx } from './mqttx.js';
import { ndjson } from './ndjson.js';
import { notACapture } from './not-a-capture.js';
import type { ClientChoice } from './pcap/clients.js';
import type { Importer, Records } from './record.js';
import type { Skip } from './skip.js';
import { asUtf8, encodingOf } from './text-encoding.js';
import { packingOf, unpacked } from './unpack.js';

/** The chunk size, bytes: large enough to make batches worthwhile, small enough for them to die young in the heap. */
const chunkBytes = 65_536;

/** The chunk size where most is left out, bytes: each chunk costs more than looking through it. */
const skippedBytes = 524_288;

/** The maximum nesting of compressed data: gzip in gzip happens, more is an attack. */
const maxNesting = 4;

/**
 * Reads a capture of any format; the format is recognised by its first bytes, inside compressed data and UTF-16 too. `-` is stdin. The file is
 * opened when the first batch is requested; `onRead` is called with the size of each chunk. `choice`: of a packet
 * capture; `skip`: what may be left out.
 */
export async function* openCapture(
  path: string | '-',
  onRead?: (bytes: number) => void,
  choice?: ClientChoice,
  skip?: Skip,
): Records {
  const highWaterMark = skip === undefined ? chunkBytes : skippedBytes;
  const chunks: AsyncIterable<Uint8Array> = path === '-' ? process.stdin : openInput(path, highWaterMark);
  yield* recordsOf(onRead === undefined ? chunks : counted(chunks, onRead), maxNesting, choice, skip);
}

/** The lines of a file of any format, without what it is wrapped in. Rejects as {@link openCapture} does. */
export async function* linesIn(path: string): AsyncGenerator<readonly Line[]> {
  let chunks: AsyncIterable<Uint8Array> = openInput(path);
  for (let nesting = maxNesting; ; nesting -= 1) {
    const { head, all } = await peek(chunks);
    const inside = nesting > 0 ? unwrapped(head, all) : undefined;
    if (inside === undefined) {
      yield* linesOf(all);
      return;
    }
    chunks = inside;
  }
}

async function* counted(chunks: AsyncIterable<Uint8Array>, onRead: (bytes: number) => void) {
  for await (const chunk of chunks) {
    onRead(chunk.length);
    yield chunk;
  }
}

async function* recordsOf(
  chunks: AsyncIterable<Uint8Array>,
  nesting: number,
  choice: ClientChoice | undefined,
  skip: Skip | undefined,
): Records {
  const { head, all } = await peek(chunks);
  const inside = nesting > 0 ? unwrapped(head, all) : undefined;
  if (inside !== undefined) yield* recordsOf(inside, nesting - 1, choice, skip);
  else {
    if (choice?.client !== undefined && !isPcap(head))
      yield [{ kind: 'note', detail: 'is not a packet capture: --client does not apply', isUnread: false }];
    yield* (await importerOf(head, choice))(all, skip);
  }
}

/** What is in compressed data, or in text of another encoding; undefined for anything else. */
const unwrapped = (
  head: Uint8Array,
  all: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> | undefined => {
  if (startsWith(head, gzipMagic)) return gunzipped(all);
  const packing = packingOf(head);
  if (packing !== undefined) return unpacked(packing, all);
  const encoding = encodingOf(head);
  return encoding === undefined ? undefined : asUtf8(encoding, all);
};

/** Readers of other formats are loaded on demand. */
const importerOf = async (head: Uint8Array, choice: ClientChoice | undefined): Promise<Importer> => {
  if (isPcap(head)) {
    const { pcap } = await import('./pcap.js');
    return (chunks) => pcap(chunks, choice);
  }
  if (isMqttx(head)) return mqttx;
  const kind = kindOf(head);
  if (kind !== undefined) return notACapture(kind);
  const [first] = head.filter((byte) => !blank.has(byte));
  return first === undefined || first === brace || hasLinesOfJson(head)
    ? ndjson
    : (await import('./csv.js')).csv;
};

const blank = new Set([0x20, 0x09, 0x0a, 0x0d]);

const brace = 0x7b;

const gzipMagic = [0x1f, 0x8b];

/** The byte order mark that some editors write. */
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** The magic numbers of pcap (µs, ns and patched, both byte orders) and pcapng. */
const pcapMagics = [
  [0xa1, 0xb2, 0xc3, 0xd4],
  [0xd4, 0xc3, 0xb2, 0xa1],
  [0xa1, 0xb2, 0x3c, 0x4d],
  [0x4d, 0x3c, 0xb2, 0xa1],
  [0xa1, 0xb2, 0xcd, 0x34],
  [0x34, 0xcd, 0xb2, 0xa1],
  [0x0a, 0x0d, 0x0d, 0x0a],
];

const isPcap = (head: Uint8Array): boolean => pcapMagics.some((magic) => startsWith(head, magic));

const startsWith = (head: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, at) => head[at] === byte);

/** Decompresses gzip; concatenated gzip files count as one. */
const gunzipped = (chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> => {
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  // The consumer of the last stream gets the error.
  pipeline(Readable.from(chunks, { objectMode: false }), gunzip, () => undefined);
  return gunzip;
};

/**
 * Peeks at the first bytes, enough to recognise a format; gives them and a stream of all bytes, without a byte order mark. If they
 * can't be read to the end of the peek, the stream fails after what could be read.
 */
const peek = async (chunks: AsyncIterable<Uint8Array>) => {
  const iterator = chunks[Symbol.asyncIterator]();
  const taken: Uint8Array[] = [];
  let head: Uint8Array = new Uint8Array();
  let rest: AsyncIterator<Uint8Array> = iterator;
  try {
    while (head.length < headBytes) {
      const next = await iterator.next();
      if (next.done) break;
      taken.push(next.value);
      head = Buffer.concat(taken);
    }
  } catch (error) {
    rest = { next: () => Promise.reject(error) };
  }
  if (startsWith(head, byteOrderMark)) head = head.subarray(byteOrderMark.length);
  const all = async function* (): AsyncGenerator<Uint8Array> {
    if (head.length > 0) yield head;
    yield* { [Symbol.asyncIterator]: () => rest };
  };
  return { head, all: all() };
};

const headBytes = 4_096;
