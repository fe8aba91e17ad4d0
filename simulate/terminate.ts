import { mayRepeat } from './forgetting.js';
import type { Run } from './run.js';

/** SIGTERM, and a start later. What ran may run again where it could write nowhere that it did. */
export const terminate = (run: Run, downMs: number): void => {
  const { agenda, processes, disk } = run;
  const couldWrite = disk.isHealthy;
  processes.terminate(() => {
    mayRepeat(run, couldWrite && disk.isHealthy);
    agenda.in(downMs, () => processes.start());
  });
};
