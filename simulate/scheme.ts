import type { Settings } from '../lib/config/settings.js';
import { Chance } from './engine/chance.js';
import type { AppPlan, BrokerTraits, FaultKind, Plan, Planned, Send } from './plan.js';
import { faultsBy } from './scheme-faults.js';

const second = 1_000;

/** Oddities that last for the whole run, unlike faults. */
export const traits = ['odd-broker', 'poison', 'broken-message', 'equal'] as const;

export type Trait = (typeof traits)[number];

/** The plan of a seed; with `only`, it has no other faults and traits. */
export const planOf = (seed: number, only?: ReadonlySet<FaultKind | Trait>): Plan => {
  const chance = new Chance(seed);
  const calmAt = Math.round(chance.spread(3 * second, 120 * second));
  const apps = appsBy(chance);
  const has = (trait: Trait): boolean => only?.has(trait) ?? true;
  const sends = sendsBy(chance, apps, calmAt, has);
  const settings = settingsBy(chance, apps);
  const faults = faultsBy(chance, apps, calmAt, only);
  return {
    seed,
    broker: has('odd-broker') ? brokerBy(chance) : { ...brokerBy(chance), ...plainBroker },
    settings,
    toExternal: chance.happens(0.15),
    timeServer: chance.happens(0.5),
    apps,
    packetMs: chance.spread(0.5, 40),
    diskMs: chance.spread(0.1, 8),
    calmAt,
    events: [...sends, ...faults].sort((one, other) => one.at - other.at),
  };
};

const brokerBy = (chance: Chance): BrokerTraits => {
  const traits = {
    overSends: chance.happens(0.1) ? 3 : 1,
    inFlight: chance.one([20, 20, 10, 32]),
    resendMs: chance.happens(0.2) ? chance.one([5 * second, 30 * second]) : 0,
    ids: chance.weighted<BrokerTraits['ids']>([
      ['count-up', 6],
      ['lowest', 2],
      ['renumber', 2],
    ]),
    resendsLast: chance.happens(0.07),
    queueLimit: chance.happens(0.1) ? 15 : 1_000,
    speaks5: chance.happens(0.6),
    sendsQos2: chance.happens(0.4),
  };
  // No known broker does both, and those that renumber have no QoS 2.
  if (traits.resendsLast) return { ...traits, ids: 'count-up', sendsQos2: false };
  return traits.ids === 'renumber' ? { ...traits, sendsQos2: false } : traits;
};

const plainBroker: Partial<BrokerTraits> = {
  overSends: 1,
  resendMs: 0,
  ids: 'count-up',
  resendsLast: false,
  sendsQos2: false,
};

const appsBy = (chance: Chance): readonly AppPlan[] => {
  const count = chance.whole(1, 4);
  const speeds = chance.weighted([
    [[0.5, 4] as const, 6],
    [[5, 80] as const, 2],
    [[300, 900] as const, 1],
  ]);
  return Array.from({ length: count }, (_, n) => ({
    name: n === 3 ? 'vg:up' : `int${n + 1}`,
    registeredFrom:
      n === 0
        ? 0
        : chance.weighted([
            [0, 8],
            [Math.round(chance.spread(500, 20 * second)), 2],
            [Number.MAX_VALUE, n === 2 ? 1 : 0],
          ]),
    answersIn: chance.between(speeds[0], speeds[1]),
  }));
};

const settingsBy = (chance: Chance, apps: readonly AppPlan[]): Partial<Settings> => ({
  keepalive_s: chance.one([10, 30, 60]),
  reserved_integrations: chance.happens(0.7) ? ['vg:up'] : [],
  hold_unregistered_ms: chance.one([1_000, 5_000, 30_000]),
  hold_max_messages: chance.one([64, 64, 4]),
  mqtt_version: chance.one(['auto', 'auto', '3.1.1']),
  window_messages: chance.weighted([
    [256, 4],
    [32, 2],
    [20, 2],
    [10, 1],
    [chance.whole(1, 6), 1],
  ]),
  calls_in_flight: chance.happens(0.85) ? 32 : apps.length + 1,
  // Longer than the slowest app takes without a fault.
  call_deadline_ms: apps.some(({ answersIn }) => answersIn > 200) ? 5_000 : chance.one([500, 2_000, 5_000]),
  retry_max_ms: chance.one([500, 2_000, 10_000]),
  patience_ms: chance.one([200, 1_000, 1_000]),
  spool_max_bytes: chance.weighted([
    [16_777_216, 7],
    [Math.round(chance.spread(1_500, 20_000)), 2],
    [0, 1],
  ]),
  spool_max_age_s: chance.weighted([
    [86_400, 3],
    [30, 1],
  ]),
  shutdown_grace_ms: chance.one([5_000, 1_000, 200]),
});

/** The server's messages: one by one, or in bursts. */
const sendsBy = (
  chance: Chance,
  apps: readonly AppPlan[],
  calmAt: number,
  has: (trait: Trait) => boolean,
): readonly Planned[] => {
  const names = apps.map(({ name }) => [name, chance.spread(0.2, 5)] as const);
  const few = chance.happens(0.5);
  const total = few ? chance.whole(3, 15) : chance.whole(15, 60);
  const expires = chance.happens(0.4) ? 0.3 : 0;
  const poisons = chance.happens(0.25) ? 0.04 : 0;
  const equal = chance.happens(0.25) ? 0.15 : 0;
  const odd = chance.happens(0.3) ? 0.08 : 0;
  const sends: Planned[] = [];
  let at = chance.between(0, 2 * second);
  let burst = 0;
  let burstFor: string | undefined;
  for (let id = 1; id <= total; id += 1) {
    if (burst > 0) {
      burst -= 1;
      at += chance.happens(0.7) ? 0 : chance.spread(0.1, 20);
    } else {
      at = chance.happens(0.7) ? chance.between(0, calmAt * 0.9) : at;
      if (chance.happens(0.3)) burst = chance.whole(2, 40);
      burstFor = chance.happens(0.5) ? chance.weighted(names) : undefined;
    }
    if (at > calmAt * 0.95) at = chance.between(0, calmAt * 0.9);
    const what: Send = {
      kind: 'send',
      id,
      to: burstFor !== undefined && chance.happens(0.9) ? burstFor : chance.weighted(names),
      qos: chance.weighted([
        [1, 12],
        [2, 1],
        [0, 2],
      ]),
      ...lifetimeBy(chance, expires),
      ...(chance.happens(0.1) ? { bytes: chance.whole(100, 600) } : {}),
      ...(chance.happens(poisons) && has('poison')
        ? { poison: chance.one(['fails', 'fails', 'refused', 'hangs'] as const) }
        : {}),
      ...(chance.happens(odd) && has('broken-message')
        ? { broken: chance.one(['undecodable', 'malformed-name', 'too-large', 'oversized'] as const) }
        : {}),
    };
    const isPlain = what.retain === undefined && what.broken === undefined && what.poison === undefined;
    const isTwice = isPlain && what.expiryS === undefined && what.timeoutMs === undefined;
    const planned =
      isTwice && has('equal') && chance.happens(equal) ? { ...what, twice: true as const } : what;
    sends.push({ at: Math.round(at * 1_000) / 1_000, what: planned });
  }
  return sends;
};

/**
 * Lifetime of a message. A retained message has none: each time it is sent is a command, and expiry is
 * covered by the other messages.
 */
const lifetimeBy = (chance: Chance, expires: number): Pick<Send, 'retain' | 'expiryS' | 'timeoutMs'> => {
  if (chance.happens(0.04)) return { retain: true };
  return {
    ...(chance.happens(expires) ? { expiryS: chance.whole(1, 40) } : {}),
    ...(chance.happens(expires) ? { timeoutMs: Math.round(chance.spread(500, 60 * second)) } : {}),
  };
};
