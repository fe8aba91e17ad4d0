/** Runs a task after all earlier ones, even if they failed, and returns its result. */
export type Serial = <A>(task: () => Promise<A>) => Promise<A>;

/** Creates a queue, for example for all writes to a directory. */
export function serial(): Serial {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const run = last.then(task, task);
    last = run;
    return run;
  };
}
