/** The promise, or an error that says what did not happen in time: more use than mocha's own "timeout exceeded". */
export async function within<A>(ms: number, what: () => string, promise: Promise<A>): Promise<A> {
  const signal = AbortSignal.timeout(ms);
  let overdue: () => void = () => undefined;
  const late = new Promise<never>((_, reject) => {
    overdue = () => reject(new Error(`waited ${ms} ms for ${what()}`));
    signal.addEventListener('abort', overdue);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    signal.removeEventListener('abort', overdue);
  }
}
