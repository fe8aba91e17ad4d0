/** Runs a task after all that were given before it, whether they failed or not, and gives its result. */
export type Serial = <A>(task: () => Promise<A>) => Promise<A>;

/** A queue of its own, e.g. for all the writes to one directory. */
export function serial(): Serial {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const run = last.then(task, task);
    last = run;
    return run;
  };
}
