import type { Snapshot } from './snapshot.js';

/** A status as `cvmqtt status --json` prints it (docs/json.md): all numbers are whole, also the bound of 0.5 ms of a latency. */
export const statusJson = (running: boolean, snapshot: Snapshot): unknown =>
  JSON.parse(JSON.stringify({ running, ...snapshot }), (_, value: unknown) =>
    typeof value === 'number' ? Math.round(value) : value,
  );
