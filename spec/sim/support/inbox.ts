/** Keeps items, and lets a spec wait for the next one instead of for some time. */
export interface Inbox<A> {
  readonly put: (item: A) => void;
  /** Everything so far. */
  readonly items: readonly A[];
  /** Resolves with everything so far as soon as there are `count` items. */
  readonly filled: (count: number) => Promise<readonly A[]>;
}

export function inbox<A>(): Inbox<A> {
  const items: A[] = [];
  const waiting = new Set<{ count: number; resolve: (items: readonly A[]) => void }>();
  return {
    items,
    put: (item) => {
      items.push(item);
      for (const waiter of waiting)
        if (items.length >= waiter.count && waiting.delete(waiter)) waiter.resolve([...items]);
    },
    filled: (count) =>
      items.length >= count
        ? Promise.resolve([...items])
        : new Promise((resolve) => waiting.add({ count, resolve })),
  };
}
