import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ndjson } from './ndjson.js';
import type { Importer, Records } from './record.js';

/** What is read at once: a batch of records pays for itself, and is over before the collector looks at it. */
const chunkBytes = 65_536;

/** A gzip file in a gzip file happens; more of them are a trap. */
const maxNesting = 4;

/**
 * The records of a capture, of whatever format: it is told by its first bytes, within any gzip. `-` is stdin. Nothing is
 * opened before the first batch is asked for; `onRead` is told of the bytes of the file, chunk by chunk.
 */
export async function* openCapture(path: string | '-', onRead?: (bytes: number) => void): Records {
  const chunks: AsyncIterable<Uint8Array> =
    path === '-' ? process.stdin : createReadStream(path, { highWaterMark: chunkBytes });
  yield* recordsOf(onRead === undefined ? chunks : told(chunks, onRead), maxNesting);
}

async function* told(chunks: AsyncIterable<Uint8Array>, onRead: (bytes: number) => void) {
  for await (const chunk of chunks) {
    onRead(chunk.length);
    yield chunk;
  }
}

async function* recordsOf(chunks: AsyncIterable<Uint8Array>, nesting: number): Records {
  const { head, all } = await peek(chunks);
  if (nesting > 0 && startsWith(head, gzipMagic)) yield* recordsOf(gunzipped(all), nesting - 1);
  else yield* (await importerOf(head))(all);
}

/** What reads the formats of others is loaded when there is one. */
const importerOf = async (head: Uint8Array): Promise<Importer> => {
  if (pcapMagics.some((magic) => startsWith(head, magic))) return (await import('./pcap.js')).pcap;
  const [first] = head.filter((byte) => !blank.has(byte));
  return first === undefined || first === brace ? ndjson : (await import('./csv.js')).csv;
};

const blank = new Set([0x20, 0x09, 0x0a, 0x0d]);

const brace = 0x7b;

const gzipMagic = [0x1f, 0x8b];

/** What editors put before UTF-8. */
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** pcap with µs or ns, in both byte orders, and pcapng. */
const pcapMagics = [
  [0xa1, 0xb2, 0xc3, 0xd4],
  [0xd4, 0xc3, 0xb2, 0xa1],
  [0xa1, 0xb2, 0x3c, 0x4d],
  [0x4d, 0x3c, 0xb2, 0xa1],
  [0x0a, 0x0d, 0x0d, 0x0a],
];

const startsWith = (head: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, at) => head[at] === byte);

/** Several files that were compressed one by one and put in a row are one. */
const gunzipped = (chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> => {
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  // What fails is told to who reads the end.
  pipeline(Readable.from(chunks, { objectMode: false }), gunzip, () => undefined);
  return gunzip;
};

/** The first bytes, as many as a format needs to be known by, and all of them again. */
const peek = async (chunks: AsyncIterable<Uint8Array>) => {
  const iterator = chunks[Symbol.asyncIterator]();
  const taken: Uint8Array[] = [];
  let head: Uint8Array = new Uint8Array();
  while (head.length < headBytes) {
    const next = await iterator.next();
    if (next.done) break;
    taken.push(next.value);
    head = Buffer.concat(taken);
  }
  if (startsWith(head, byteOrderMark)) head = head.subarray(byteOrderMark.length);
  const all = async function* (): AsyncGenerator<Uint8Array> {
    if (head.length > 0) yield head;
    yield* { [Symbol.asyncIterator]: () => iterator };
  };
  return { head, all: all() };
};

const headBytes = 4_096;
