import { mayRepeat } from './forgetting.js';
import type { Run } from './run.js';

/** SIGTERM, and a start `downMs` later. Commands may run again whose execution could not be written down. */
export const terminate = (run: Run, downMs: number): void => {
  const { agenda, processes } = run;
  processes.terminate(() => {
    mayRepeat(run);
    agenda.in(downMs, () => processes.start());
  });
};
