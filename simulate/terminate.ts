import { mayRepeat } from './forgetting.js';
import type { Run } from './run.js';

/** SIGTERM, and a start `downMs` later. Commands may run again whose execution could not be written down. */
export const terminate = (run: Run, downMs: number): void => {
  const { agenda, disk, processes } = run;
  const couldWrite = disk.isHealthy;
  processes.terminate(() => {
    mayRepeat(run, couldWrite);
    agenda.in(downMs, () => processes.start());
  });
};
