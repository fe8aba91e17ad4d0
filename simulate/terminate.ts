import type { Run } from './run.js';

/** What is settled at a stop is acknowledged where nothing else is wrong and there is time for it, ms. */
const enoughMs = 1_000;

/** SIGTERM, and a start later. Where it could tell nobody and write nowhere, what ran may run again. */
export const terminate = (
  { agenda, processes, site, disk, cvmain, ledger, life }: Run,
  downMs: number,
): void => {
  const { settings } = site;
  const couldSettle =
    life?.line?.isGood === true &&
    disk.isHealthy &&
    cvmain.isHealthy &&
    settings.shutdown_grace_ms >= enoughMs &&
    settings.spool_max_bytes > 100_000;
  processes.terminate(() => {
    if (!couldSettle || !disk.isHealthy) {
      for (const { notified } of ledger.all)
        for (const each of Object.values(notified)) each.mayRepeat = true;
    }
    agenda.in(downMs, () => processes.start());
  });
};
