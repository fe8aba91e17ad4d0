import * as E from 'fp-ts/lib/Either.js';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses a duration such as `90s`, `1h30m` or `250ms`, into ms. Left: what is wrong. */
export const parseDuration = (text: string): E.Either<string, number> => {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  const isWhole = parts.length > 0 && parts.map(([part]) => part).join('') === text;
  const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0), 0);
  return isWhole && ms <= Number.MAX_SAFE_INTEGER
    ? E.right(ms)
    : E.left(`"${text.slice(0, 40)}" is not a duration such as 500ms, 90s or 1h30m`);
};

/** A duration for people: `250 ms`, `12.3 s`, `5 min 20 s`, `3 h 5 min`. */
export const showDuration = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
};

/** A duration in the form that {@link parseDuration} reads: `0s`, `250ms`, `1m30s`. For whole, non-negative ms. */
export const compactDuration = (ms: number): string => {
  let left = ms;
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const length = units[unit] ?? 1;
    const count = Math.floor(left / length);
    left -= count * length;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
};
