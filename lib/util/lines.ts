import { isUtf8 } from 'node:buffer';

/** A line that can't be read as text, and why. */
export interface UnreadLine {
  readonly detail: string;
}

/** A line without its newline. */
export type Line = string | UnreadLine;

/** Fits the largest message of a capture, even if every byte is escaped as `\u0000`. */
const defaultMaxBytes = 16 * 1_048_576;

const newline = 10;

/**
 * Splits UTF-8 text into lines; yields a batch for each chunk that completes a line. A line longer than `maxBytes` or not in
 * UTF-8 is replaced by an {@link UnreadLine}. A last line without a newline counts. Keeps at most one line and one chunk in
 * memory.
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes = defaultMaxBytes,
): AsyncGenerator<readonly Line[]> {
  let parts: Uint8Array[] = [];
  let partsBytes = 0;
  let tooLong = false;

  const keep = (part: Uint8Array): void => {
    partsBytes += part.length;
    tooLong ||= partsBytes > maxBytes;
    if (tooLong) parts = [];
    else if (part.length > 0) parts.push(part);
  };
  /** Takes the line made of the kept parts. */
  const takeKept = (): Line => {
    const line = tooLong ? { detail: `the line is longer than ${maxBytes} bytes` } : textOf(joined(parts));
    parts = [];
    partsBytes = 0;
    tooLong = false;
    return line;
  };

  for await (const chunk of chunks) {
    const last = chunk.lastIndexOf(newline);
    if (partsBytes > 0 && last >= 0) {
      const end = chunk.indexOf(newline);
      keep(chunk.subarray(0, end));
      const first = takeKept();
      yield end === last ? [first] : [first, ...split(chunk.subarray(end + 1, last))];
    } else if (last >= 0) yield split(chunk.subarray(0, last));
    keep(chunk.subarray(last + 1));
  }
  if (partsBytes > 0) yield [takeKept()];
}

/** Decodes all lines at once if possible, which is several times as fast as line by line. */
const split = (bytes: Uint8Array): readonly Line[] => {
  if (isUtf8(bytes)) return asBuffer(bytes).toString().split('\n');
  const lines: Line[] = [];
  let from = 0;
  for (let to = bytes.indexOf(newline); to >= 0; to = bytes.indexOf(newline, from)) {
    lines.push(textOf(bytes.subarray(from, to)));
    from = to + 1;
  }
  return [...lines, textOf(bytes.subarray(from))];
};

const textOf = (bytes: Uint8Array): Line =>
  isUtf8(bytes) ? asBuffer(bytes).toString() : { detail: 'the line is not UTF-8' };

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
};

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
