// For `node --import`: timers of 4321 ms never fire, so that calls with this deadline never end.
const real = globalThis.setTimeout;
globalThis.setTimeout = (task, ms, ...more) => real(task, ms === 4321 ? 2 ** 31 - 1 : ms, ...more);
