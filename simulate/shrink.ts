import type { Invariant } from './ledger.js';
import { type BrokerTraits, isSend, type Plan, type Planned, type PlannedSend } from './plan.js';
import { Run, type RunOptions } from './run.js';

/** Shrinks a failing plan: drops every event that the failure doesn't need, and simplifies the settings. */
export const shrink = (plan: Plan, invariant: Invariant, options: RunOptions): Plan => {
  const fails = (candidate: Plan): boolean =>
    new Run(candidate, options).run().violation?.invariant === invariant;
  let best = plan;
  const accept = (candidate: Plan): boolean => {
    if (!fails(candidate)) return false;
    best = candidate;
    return true;
  };
  let events = -1;
  while (events !== best.events.length) {
    events = best.events.length;
    dropEvents(best, accept);
    for (const plainer of plainerOnes(best)) accept({ ...best, ...plainer(best) });
  }
  return best;
};

/** Drops as many events as possible: halves, quarters, in the end single ones. */
const dropEvents = (plan: Plan, accept: (candidate: Plan) => boolean): void => {
  let { events } = plan;
  for (let size = Math.ceil(events.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < events.length; ) {
      const fewer: readonly Planned[] = [...events.slice(0, from), ...events.slice(from + size)];
      if (accept({ ...plan, events: fewer })) events = fewer;
      else from += size;
    }
  }
};

type Plainer = (plan: Plan) => Partial<Plan>;

/** Simpler plans, one change each. */
const plainerOnes = ({ settings, events }: Plan): readonly Plainer[] => [
  ({ apps, events }) => {
    const used = new Set(events.filter(isSend).map(({ what }) => what.to));
    return { apps: apps.filter(({ name }) => used.has(name)) };
  },
  ({ apps }) => ({ apps: apps.map((app) => ({ ...app, answersIn: 1 })) }),
  ({ apps }) => ({ apps: apps.map((app) => ({ ...app, registeredFrom: 0 })) }),
  () => ({ toExternal: false }),
  () => ({ packetMs: 1 }),
  () => ({ diskMs: 0.5 }),
  ({ events, calmAt }) => ({
    calmAt: Math.min(calmAt, Math.ceil(Math.max(0, ...events.map(({ at }) => at)) + 1_000)),
  }),
  ...plainTraits.map(
    (trait): Plainer =>
      ({ broker }) => ({ broker: { ...broker, ...trait } }),
  ),
  ...Object.keys(settings).map(
    (key): Plainer =>
      ({ settings }) => ({
        settings: Object.fromEntries(Object.entries(settings).filter(([each]) => each !== key)),
      }),
  ),
  ...events.map(
    (_, n): Plainer =>
      ({ events }) => ({
        events: events.map((each, m) => (m === n && isSend(each) ? plainSend(each) : each)),
      }),
  ),
];

const plainSend = ({ at, what: { kind, id, to } }: PlannedSend): Planned => ({
  at,
  what: { kind, id, to, qos: 1 },
});

const plainTraits: readonly Partial<BrokerTraits>[] = [
  { overSends: 1 },
  { resendMs: 0 },
  { ids: 'count-up' },
  { resendsLast: false },
  { queueLimit: 1_000 },
  { inFlight: 20 },
  { speaks5: true },
  { sendsQos2: false },
];
