import { decodeMessage } from '../../lib/rules/delivery/deliverable.js';
import { type Job, newJob } from '../../lib/rules/delivery/job.js';
import { allIsWell } from './deps.js';
import { publishOf, type Sent } from './shorthand.js';

/** The job of a publish with this sequence number. */
export const jobOf = (seq: number, sent: Sent, now = 0, spoolId?: number): Job => {
  const decoded = decodeMessage(allIsWell.decodeRules)(publishOf(seq, sent));
  if (decoded.kind !== 'deliverable') throw new Error(decoded.detail);
  return newJob(decoded, now, spoolId);
};
