import * as E from 'fp-ts/lib/Either.js';
import type { Layout } from '../../lib/config/layout.js';
import { type CollectedPart, contentsLines } from '../../lib/diag/contents.js';
import { NewestLines } from '../../lib/diag/newest-lines.js';
import { scrubber } from '../../lib/diag/scrub.js';
import { secretsIn } from '../../lib/diag/secrets.js';
import { type ArchiveFile, tarOf } from '../../lib/diag/tar.js';
import { readText } from '../../lib/storage/read-text.js';
import { errorCode } from '../../lib/util/error-code.js';
import { printable } from '../../lib/util/printable.js';
import { type Collected, type DiagUnit, type Part, unread } from './part.js';
import { parts } from './parts.js';

/** The archive, and what is missing in it: lines for people, without secrets. */
export interface Archived {
  readonly tar: Buffer;
  readonly problems: readonly string[];
}

/** The folder in the archive. */
const folder = 'cvmqtt-diag';

/** Takes out the secrets of a unit, as far as its files can be read, and what looks like one. */
export const scrubberOf = ({ credentials, auth }: Layout): ((text: string) => string) =>
  scrubber(
    [credentials, auth].flatMap((file) => {
      const text = readText(file);
      return E.isRight(text) ? secretsIn(text.right) : [];
    }),
  );

/**
 * Collects all parts at the same time. Everything that gets into the archive, and what is said about it, goes through
 * `scrub`, and has its control characters escaped.
 */
export const archived = async (
  unit: DiagUnit,
  nowMs: number,
  scrub: (text: string) => string,
): Promise<Archived> => {
  const clean = (lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : scrub(lines.join('\n')).split('\n').map(escaped);
  const collected = await Promise.all(
    parts.map(async (part): Promise<CollectedPart> => {
      const { lines, problems } = await collectedFor(unit, part);
      // Escaped, it is larger than what was collected.
      const newest = new NewestLines();
      for (const line of clean(lines)) newest.add(line);
      const { file, about } = part;
      return { file, about, lines: newest.lines, problems: [...clean(problems), ...newest.problems] };
    }),
  );
  const fileOf = (file: string, lines: readonly string[]): ArchiveFile => ({
    name: `${folder}/${file}`,
    content: Buffer.from(lines.map((line) => `${line}\n`).join('')),
  });
  const files = [
    fileOf('contents.txt', contentsLines(collected, unit.withPayloads)),
    ...collected.map(({ file, lines, problems }) =>
      fileOf(file, lines.length > 0 ? lines : problems.map((problem) => `missing: ${problem}`)),
    ),
  ];
  return {
    tar: tarOf(files, nowMs / 1_000),
    problems: collected.flatMap(({ file, problems }) => problems.map((problem) => `${file}: ${problem}`)),
  };
};

/** A part that fails in a way that nobody thought of must not cost the others. The error's message may quote anything. */
const collectedFor = async (unit: DiagUnit, part: Part): Promise<Collected> => {
  try {
    return await part.collect(unit);
  } catch (error) {
    return unread(errorCode(error) ?? 'unexpected error');
  }
};

const escaped = (line: string): string => printable(line, line.length);
