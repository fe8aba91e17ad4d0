import * as E from 'fp-ts/lib/Either.js';
import { plural } from './plural.js';

const units: Readonly<Record<string, number>> = { '': 1, k: 1_024, M: 1_048_576, G: 1_073_741_824 };

/** Parses a size such as `500000`, `64k`, `10M` or `1.5G`, into bytes. Left: what is wrong. */
export const parseSize = (text: string): E.Either<string, number> => {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([kMG]?)$/.exec(text) ?? [];
  const bytes = Math.floor(Number(number) * (units[unit ?? ''] ?? 0));
  return bytes >= 1 && bytes <= Number.MAX_SAFE_INTEGER
    ? E.right(bytes)
    : E.left(`"${text.slice(0, 40)}" is not a size such as 500000, 64k, 10M or 1.5G`);
};

/** A size for people: `512 bytes`, `64.0 KiB`, `1.5 GiB`. */
export const showSize = (bytes: number): string => {
  if (bytes < 1_024) return plural(bytes, 'byte');
  const at = Math.min(3, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1_024 ** at).toFixed(1)} ${['', 'KiB', 'MiB', 'GiB'][at]}`;
};
