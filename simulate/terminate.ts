import { mayRepeat } from './forgetting.js';
import type { Run } from './run.js';

/** SIGTERM, and a start `downMs` later. Commands whose execution could not be recorded may run again. */
export const terminate = (run: Run, downMs: number): void => {
  const { agenda, disk, processes } = run;
  const couldWrite = disk.isHealthy;
  processes.terminate(() => {
    mayRepeat(run, couldWrite);
    agenda.in(downMs, () => processes.start());
  });
};
