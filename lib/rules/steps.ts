import type { Reason } from './rejection.js';

/**
 * The steps of the pipeline in order (docs/architecture.md#steps); a spec compares the docs, the log and the reports
 * with them.
 */
export const stepNames = ['decode', 'split', 'route', 'hold', 'deliver', 'settle'] as const;

export type StepName = (typeof stepNames)[number];

const stops: Readonly<Record<Exclude<Reason, 'expired'>, StepName>> = {
  unsubscribed: 'decode',
  undecodable: 'decode',
  'too-large': 'decode',
  'malformed-name': 'split',
  'reserved-name': 'route',
  'delivery-disabled': 'route',
  unregistered: 'hold',
  overflow: 'hold',
  refused: 'deliver',
};

/** The step at which a dead letter stopped. An expired one stopped at *deliver* if it was called, else at *hold*. */
export const stepOf = (reason: Reason, wasCalled: boolean): StepName => {
  if (reason === 'expired') return wasCalled ? 'deliver' : 'hold';
  return stops[reason];
};
