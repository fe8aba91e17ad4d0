import type { DeadLettered } from '../lib/rules/settlement.js';
import type { Target } from '../lib/rules/target.js';
import type { AuditDeps } from './audit-deps.js';
import type { Invariant, Sent } from './ledger.js';
import { markOf, paths } from './on-disk.js';

/** How much later than its cause a decision may come, ms. */
export const slackMs = 50;

type Deps = Pick<AuditDeps, 'agenda' | 'disk' | 'ledger' | 'site' | 'startedAt' | 'uptimeMs'>;

/** How long the daemon may keep using the last good live set after its file is gone or an app left, ms. */
const lastGoodMs = 1_100;

/** The invariant that a call violates, and how; undefined if it may be made. */
export const wrongCall = (
  { agenda, site }: Deps,
  sent: Sent,
  target: Target,
): readonly [Invariant, string] | undefined => {
  const { to } = sent.send;
  // With a broken file the last good live set applies, whichever that was.
  if (!site.isSetBroken && !site.wasRegistered(to, lastGoodMs))
    return ['unregistered', `${sent.name} to ${to}`];
  if (to.startsWith('vg:') && !site.settings.reserved_integrations.includes(to))
    return ['unregistered', `${sent.name} to a reserved name`];
  // A message that one target accepted is still delivered to the other.
  const isHalf = Object.values(sent.notified).some(({ accepted }) => accepted);
  const lateMs = agenda.now - sent.deadline;
  if (lateMs <= slackMs || isHalf) return undefined;
  return ['stale', `${sent.name} to the ${target.kind}, ${Math.round(lateMs)} ms late`];
};

/**
 * True if an earlier copy was given up, so that this one no longer counts for the order: before a crash, at its age, or
 * because its age is unknown in this boot. The dead letter may still be on its way to the disk, or lost in a crash.
 */
export const isGivenUp = ({ agenda, disk, site }: Deps, sent: Sent): boolean => {
  const agedAt = (sent.firstReceivedAt ?? 0) + site.settings.spool_max_age_s * 1_000;
  return (
    agenda.now >= sent.firstDeadline ||
    (sent.inSpool && agenda.now >= agedAt) ||
    (sent.bootIsOver && Number.isFinite(sent.firstDeadline)) ||
    disk.content(paths.letters).includes(markOf(sent))
  );
};

/** Why a message must not be dead-lettered for this reason; undefined if it may. */
export const wrongDeadLetter = (deps: Deps, sent: Sent, letter: DeadLettered): string | undefined => {
  const { reason } = letter;
  const { to, broken, poison, qos } = sent.send;
  // The copy in the spool and the other one have lifetimes of their own.
  if (sent.isAgain && (reason === 'expired' || reason === 'unregistered')) return undefined;
  switch (reason) {
    case 'expired':
      return wrongExpiry(deps, sent, decidedAt(deps, letter));
    case 'unregistered':
      return wrongHold(deps, sent, decidedAt(deps, letter));
    case 'refused':
      return poison === 'refused' || deps.site.mayRefuse.has(to) ? undefined : 'cvmain did not refuse it';
    case 'reserved-name':
      return to.startsWith('vg:') ? undefined : 'it is not reserved';
    case 'overflow':
      return qos === 0 ? undefined : 'it is not QoS 0';
    default:
      return reason === (broken === 'oversized' ? 'too-large' : broken) ? undefined : 'it is not';
  }
};

/** When it was decided on, ms of virtual time: it was written after that, perhaps with others. */
const decidedAt = ({ agenda, uptimeMs }: Deps, { publish: { arrivedAt }, tookMs }: DeadLettered): number =>
  arrivedAt === undefined ? agenda.now : agenda.now - uptimeMs() + arrivedAt + tookMs;

/**
 * The lifetime counts from the very first receipt. Which receipts a daemon knows of depends on the disk and
 * on what the broker has read; expiry by the first one is no loss.
 */
const wrongExpiry = ({ disk, site }: Deps, sent: Sent, now: number): string | undefined => {
  const isAged = now - (sent.firstReceivedAt ?? now) >= site.settings.spool_max_age_s * 1_000 - slackMs;
  // A killed process did not report that it was written.
  const isInSpool = sent.inSpool || disk.content(paths.spool).includes(markOf(sent));
  const isOver = now >= sent.firstDeadline - slackMs || (isInSpool && isAged) || sent.bootIsOver;
  return isOver ? undefined : `it has ${Math.round(sent.firstDeadline - now)} ms left`;
};

const wrongHold = ({ ledger, site, startedAt }: Deps, sent: Sent, now: number): string | undefined => {
  const { to } = sent.send;
  const { hold_unregistered_ms, hold_max_messages } = site.settings;
  if (now - (site.registeredSince(to) ?? now) > slackMs && !site.isSetBroken) return 'it is registered';
  const missingSince = site.missingSince(to) ?? 0;
  // It was decided in an earlier absence of the app.
  if (missingSince > now) return undefined;
  const waitedMs = now - Math.max(sent.firstReceivedAt ?? 0, startedAt(), missingSince);
  if (waitedMs >= hold_unregistered_ms - slackMs) return undefined;
  // Messages that have left the memory since the decision filled it then.
  const inMemory = ledger.all.reduce(
    (sum, each) => sum + each.inMemory + ((each.settledAt ?? 0) >= now - slackMs ? 1 : 0),
    0,
  );
  // Messages on the disk take no memory.
  return sent.inSpool || inMemory < hold_max_messages
    ? `it was waited for ${Math.round(waitedMs)} of ${hold_unregistered_ms} ms`
    : undefined;
};
