import type { Run } from './run.js';

/** SIGTERM, and a start later. What ran may run again where it could write nowhere that it did. */
export const terminate = ({ agenda, processes, disk, ledger }: Run, downMs: number): void => {
  const couldWrite = disk.isHealthy;
  processes.terminate(() => {
    if (!couldWrite || !disk.isHealthy) {
      for (const { notified, send } of ledger.all)
        for (const each of Object.values(notified)) {
          each.mayRepeat = true;
          if (send.twice) each.copies += 1;
        }
    }
    agenda.in(downMs, () => processes.start());
  });
};
