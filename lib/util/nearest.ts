/** Beyond this edit distance, it is another word. */
const maxChanges = 5;

/** The known word with the smallest edit distance to `word`; undefined if none is similar. */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  // Far too long to be similar to any, and slow to compare.
  if (word.length > 100) return undefined;
  const ranked = known
    .map((each) => ({ each, changes: changesBetween(word, each) }))
    .sort((one, other) => one.changes - other.changes);
  const [best] = ranked;
  return best !== undefined && best.changes <= Math.min(maxChanges, best.each.length / 2)
    ? best.each
    : undefined;
};

/** The Levenshtein distance. */
const changesBetween = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [n, letter] of [...one].entries()) {
    const next = [n + 1];
    for (const [at, wanted] of [...other].entries()) {
      const change = (row[at] ?? 0) + (letter === wanted ? 0 : 1);
      next.push(Math.min(change, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};
