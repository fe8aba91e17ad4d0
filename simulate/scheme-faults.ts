import type { Settings } from '../lib/config/settings.js';
import type { Chance } from './engine/chance.js';
import {
  type AppPlan,
  type Fault,
  type FaultKind,
  faultKinds,
  faultWeights,
  moments,
  type PlannedFault,
} from './plan.js';
import type { Trait } from './scheme.js';

const second = 1_000;

/** The faults of a plan. Most runs have a few kinds of them. */
export const faultsBy = (
  chance: Chance,
  apps: readonly AppPlan[],
  calmAt: number,
  only: ReadonlySet<FaultKind | Trait> | undefined,
): readonly PlannedFault[] => {
  // Most runs have a few kinds of faults, some none, some all.
  const share = chance.one([0, 0.15, 0.3, 0.3, 0.6, 1]);
  const chosen = faultKinds
    .filter((kind) => (chance.happens(share) || only !== undefined) && (only?.has(kind) ?? true))
    .map((kind) => [kind, faultWeights[kind] * chance.spread(0.3, 3)] as const);
  if (chosen.length === 0) return [];
  const count = Math.round(chance.spread(1, 14));
  return Array.from({ length: count }, () => {
    const what = faultBy(chance, chance.weighted(chosen), apps, calmAt);
    const at = Math.round(chance.between(0, calmAt * 0.95));
    const canBeMet = what.kind !== 'older-database' && what.kind !== 'clock';
    if (!canBeMet || chance.happens(0.4)) return { at, what };
    const on = chance.one(moments);
    const isExact = what.kind === 'kill' || what.kind === 'power-cut';
    return isExact && chance.happens(0.5) ? { at, what, on, turns: chance.whole(1, 12) } : { at, what, on };
  });
};

const faultBy = (chance: Chance, kind: FaultKind, apps: readonly AppPlan[], calmAt: number): Fault => {
  const forMs = Math.round(chance.happens(0.2) ? calmAt : Math.min(calmAt, chance.spread(100, 60 * second)));
  const downMs = Math.round(chance.spread(20, 10 * second));
  const app = apps[chance.whole(0, apps.length - 1)]?.name ?? '';
  switch (kind) {
    case 'kill':
    case 'sigterm':
    case 'broker-restart':
    case 'cvmain-restart':
      return { kind, downMs };
    case 'power-cut':
      return { kind, downMs, clockMs: chance.happens(0.5) ? 0 : jumpBy(chance) };
    case 'sighup':
      return { kind, settings: otherSettings(chance) };
    case 'cut':
      return {
        kind,
        how: chance.one(['clean', 'clean', 'silent', 'deaf', 'mute']),
        forMs: chance.happens(0.6) ? 0 : downMs,
      };
    case 'session-lost':
      return { kind };
    case 'subscribe-fails':
      return { kind, how: chance.one(['refused', 'unanswered']), forMs };
    case 'older-database':
      return { kind, ageMs: downMs };
    case 'token':
      return { kind, fileAfterMs: downMs, kicks: chance.happens(0.5) };
    case 'address':
      return { kind, backMs: forMs };
    case 'cvmain-hang':
    case 'cvmain-slow-version':
    case 'set-broken':
    case 'set-gone':
      return { kind, forMs };
    case 'app-trouble':
      return { kind, app, how: chance.one(['hangs', 'slow', 'fails', 'refuses', 'late']), forMs };
    case 'disk-full':
      return { kind, forMs, room: chance.happens(0.3) ? 0 : chance.whole(0, 3_000) };
    case 'disk-fails':
      return {
        kind,
        call: chance.one([
          'append',
          'append',
          'flush',
          'truncate',
          'read',
          'rename',
          'open',
          'sync',
          'other',
        ]),
        times: chance.happens(0.7) ? 1 : chance.whole(2, 6),
        part: chance.happens(0.5) ? 0 : chance.next(),
      };
    case 'disk-slow':
      return { kind, forMs, ms: Math.round(chance.spread(20, 500)) };
    case 'clock':
      return { kind, byMs: jumpBy(chance) };
    case 'unregister':
      return { kind, app, forMs };
  }
};

const jumpBy = (chance: Chance): number =>
  Math.round((chance.happens(0.5) ? 1 : -1) * chance.spread(200, 400_000_000));

const otherSettings = (chance: Chance): Partial<Settings> =>
  chance.weighted<Partial<Settings>>([
    [{ retry_max_ms: 3_000 + chance.whole(0, 1_000) }, 3],
    [{ patience_ms: chance.whole(100, 2_000) }, 2],
    [{ window_messages: chance.whole(5, 300) }, 2],
    [{ spool_max_bytes: 0 }, 1],
    [{ spool_max_bytes: 16_777_216 }, 1],
    [{}, 1],
  ]);
