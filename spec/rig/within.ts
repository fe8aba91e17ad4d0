/**
 * Resolves as the promise does, or rejects with an error that says what did not happen in time, which mocha's
 * "timeout exceeded" doesn't.
 */
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
