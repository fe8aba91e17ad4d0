import type { AppTraffic } from '../log/event.js';
import { countedBetween, type Tally } from '../rules/tally.js';

/** Settlements in some time. */
export interface Traffic {
  readonly tally: Tally;
  /** By registered app. */
  readonly apps: readonly AppTraffic[];
}

/** Most apps that one line of the log names. */
const maxApps = 10;

/** A copy of counts that go on. */
export const copyOf = ({ tally, apps }: Traffic): Traffic => ({
  tally: { ...tally },
  apps: apps.map((app) => ({ ...app })),
});

/**
 * The traffic between two moments, with the busiest apps; undefined if nothing was settled. An app whose counts began anew,
 * because it had unregistered, counts from there.
 */
export const trafficBetween = (before: Traffic, after: Traffic): Traffic | undefined => {
  const tally = countedBetween(before.tally, after.tally);
  if (Object.values(tally).every((count) => count === 0)) return undefined;
  const earlier = new Map(before.apps.map((app) => [app.name, app]));
  const apps = after.apps
    .map((app) => appBetween(earlier.get(app.name), app))
    .filter((app) => total(app) > 0)
    .sort((one, other) => total(other) - total(one))
    .slice(0, maxApps);
  return { tally, apps };
};

const appBetween = (before: AppTraffic | undefined, after: AppTraffic): AppTraffic =>
  before === undefined ||
  before.notified > after.notified ||
  before.spooled > after.spooled ||
  before.dead_letters > after.dead_letters
    ? after
    : {
        name: after.name,
        notified: after.notified - before.notified,
        spooled: after.spooled - before.spooled,
        dead_letters: after.dead_letters - before.dead_letters,
      };

const total = ({ notified, spooled, dead_letters }: AppTraffic): number => notified + spooled + dead_letters;
