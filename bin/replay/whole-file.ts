import type { Broken, CaptureRecord, Records } from '../../lib/capture/record.js';
import { unpackingFailed } from '../../lib/capture/unpack.js';
import { errorCode } from '../../lib/util/error-code.js';

/** How many broken lines are kept until it is known whether the file is a capture. */
const maxKept = 20;

/**
 * The records of a file, up to where reading or decompressing fails: the file may be gone by then, or cut by a power failure.
 * Notes are said instead of given. A file with only broken lines is not a capture: they become one. Never ends without a
 * record or something said: `say` is called with each thing to say about the file, `onUnread` if not all of it could be read.
 */
export async function* wholeFile(
  records: Records,
  say: (detail: string) => void,
  onUnread: () => void,
): Records {
  /** The broken lines before the first record; undefined after it. */
  let broken: Broken[] | undefined = [];
  let lines = 0;
  let messages = 0;
  let isSaid = false;
  const taken = (record: CaptureRecord): readonly CaptureRecord[] => {
    if (record.kind === 'note') {
      isSaid = true;
      say(record.detail);
      if (record.isUnread) onUnread();
      return [];
    }
    if (record.kind === 'broken' && record.isLast === true) {
      isSaid = true;
      onUnread();
    }
    if (record.kind === 'publish') messages += 1;
    if (broken === undefined) return [record];
    if (record.kind !== 'broken') {
      const before = broken;
      broken = undefined;
      return [...before, record];
    }
    lines += record.lines ?? 1;
    if (broken.length < maxKept) broken.push(record);
    else broken.push({ ...record, lines: (broken.pop()?.lines ?? 1) + 1 });
    return [];
  };
  try {
    for await (const batch of records) {
      const given = broken === undefined && batch.every(isPlain) ? batch : batch.flatMap(taken);
      if (given === batch) messages += batch.length;
      // Even if there is none: the consumer may want to stop.
      yield given;
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    isSaid = true;
    onUnread();
    say(
      code === unpackingFailed && error instanceof Error
        ? error.message
        : (failures[code] ?? `can't be read (${code})`),
    );
  }
  const [first] = broken ?? [];
  if (first !== undefined && !isSaid) onUnread();
  if (first !== undefined)
    yield isSaid || first.lines !== undefined ? (broken ?? []) : [notACapture(first, lines)];
  else if (messages === 0 && !isSaid) {
    if (broken !== undefined) onUnread();
    say(broken === undefined ? 'has no messages' : 'is empty');
  }
}

const notACapture = (first: Broken, lines: number): Broken => ({
  ...first,
  lines,
  detail: `is not a capture: nothing in it can be read; line ${first.line}: ${first.detail}`,
});

const isPlain = ({ kind }: CaptureRecord): boolean => kind === 'publish';

const failures: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'the gzip data is cut off: read up to there',
  Z_DATA_ERROR: 'the gzip data is damaged: read up to there',
};
