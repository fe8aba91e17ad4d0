import { hasEnded, type Sent } from './ledger.js';
import type { Run } from './run.js';

/** A spool smaller than this may be full. */
const roomyBytes = 100_000;

/** As in `Fairness`, which takes a window with fewer messages for not full and then has more patience. */
const usualWindow = 16;
const uncongestedFactor = 3;

/** A lane is checked four times within its patience. */
const untilCheck = 1.25;

/** Longest duration of a call without a fault, relative to the app's usual one. */
const slowest = 1.7;

/** Number of publishes that the broker sends before the first is acknowledged. */
const windowOf = ({ broker, site }: Run): number =>
  Math.max(1, Math.min(site.settings.window_messages, broker.limit));

/**
 * How long messages for unregistered apps may take to pass the window if no spool takes them, ms: each is held for its
 * app (docs/architecture.md#decision-8), and everything behind a full window waits for it.
 */
const heldMs = (run: Run): number => {
  const { ledger, site } = run;
  const { hold_unregistered_ms, spool_max_bytes } = site.settings;
  if (spool_max_bytes >= roomyBytes) return 0;
  const held = ledger.all.filter(
    ({ send: { to, qos } }) => qos !== 0 && site.registeredSince(to) === undefined,
  );
  return Math.ceil(held.length / windowOf(run)) * hold_unregistered_ms;
};

/** After the faults, everything settles within this time beyond the times of the settings, ms. */
const settlesWithinMs = 240_000;

/** When everything must have settled, ms. */
export const settledBy = (run: Run): number => {
  const { agenda, plan } = run;
  const agedMs = Math.min(plan.settings.spool_max_age_s ?? 0, 300) * 1_000;
  const by = plan.calmAt + settlesWithinMs + agedMs;
  return agenda.now < by ? by : by + heldMs(run);
};

/** Longest duration of the calls for a message of this app without a fault, ms. */
export const callMs = ({ plan, site }: Run, to: string): number =>
  (plan.apps.find(({ name }) => name === to)?.answersIn ?? 0) * slowest * (site.toExternal ? 2 : 1);

/**
 * How long this message may wait behind those of other apps that the broker sends before it, ms. The broker sends in
 * order, and the daemon writes to the spool only what stays in the window for `patience_ms`
 * (docs/architecture.md#decision-15): so it waits for the turns of the window that those before it take, and for each
 * no longer than that.
 */
export const aheadMs = (run: Run, oldest: Sent, since: number): number => {
  const { ledger, site } = run;
  const { settings } = site;
  const window = windowOf(run);
  const isInDoubt = window < Math.min(usualWindow, Math.ceil(settings.window_messages / 2));
  const turnMs = settings.patience_ms * (isInDoubt ? uncongestedFactor : 1) * untilCheck;
  const usualMs = ({ send: { to } }: Sent): number =>
    site.registeredSince(to) === undefined ? turnMs : Math.min(turnMs, callMs(run, to));
  const ahead = ledger.all.filter(
    (each) =>
      each.send.to !== oldest.send.to &&
      each.send.qos !== 0 &&
      !each.lost &&
      each.at <= oldest.at &&
      (each.leftAt ?? (hasEnded(each, site.toExternal) ? 0 : Number.POSITIVE_INFINITY)) > since,
  );
  const turns = Math.ceil(ahead.length / window);
  return Math.min(
    turns * turnMs,
    ahead.reduce((sum, each) => sum + usualMs(each), 0),
  );
};
