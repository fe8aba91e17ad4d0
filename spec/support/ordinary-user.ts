/** The user id of nobody on Linux. */
const nobody = 65_534;

/** Runs a task without root's right to read and write everything, whoever runs the specs. */
export function asOrdinaryUser<A>(task: () => A): A {
  if (process.geteuid?.() !== 0) return task();
  process.seteuid?.(nobody);
  try {
    return task();
  } finally {
    process.seteuid?.(0);
  }
}
