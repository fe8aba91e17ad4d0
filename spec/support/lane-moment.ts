import * as E from 'fp-ts/lib/Either.js';
import type { LaneEffect } from '../../lib/rules/delivery/lane-event.js';
import type { Moment } from '../../lib/rules/delivery/lane-moves.js';
import { allIsWell } from './deps.js';

/** What each state of the live set decides for `int1`; undefined while the set is unknown. */
export const decisions = {
  unknown: undefined,
  registered: () => E.right({ integration: { name: 'int1' }, targets: [{ kind: 'notifier' as const }] }),
  unregistered: () => E.left({ reason: 'unregistered' as const, detail: '' }),
};

/** A moment without faults, in which no live set is known yet. */
export const newMoment = (
  now: number,
  effects: LaneEffect[],
): { -readonly [Key in keyof Moment]: Moment[Key] } => ({
  rules: {
    ...allIsWell,
    holdUnregisteredMs: Number.POSITIVE_INFINITY,
    maxAgeMs: Number.POSITIVE_INFINITY,
    giveUpAfterMs: Number.POSITIVE_INFINITY,
  },
  now,
  decide: undefined,
  hasSlot: true,
  hasSpool: true,
  stopping: false,
  servedAt: 0,
  held: 0,
  effects,
});
