import type { Reason } from '../lib/rules/rejection.js';
import type { AuditDeps } from './audit.js';
import { hasEnded, type Sent } from './ledger.js';

/** How late a decision may be made that was right a moment ago, ms. */
export const slackMs = 50;

type Deps = Pick<AuditDeps, 'agenda' | 'ledger' | 'site' | 'startedAt'>;

/** Why it is wrong that a message is dead-lettered now, for this reason; undefined where it is right. */
export const wrongDeadLetter = (deps: Deps, sent: Sent, reason: Reason): string | undefined => {
  const { to, broken, poison, qos } = sent.send;
  // The copy that is in the spool already, or the other one: they count on their own.
  if (sent.isAgain && (reason === 'expired' || reason === 'unregistered')) return undefined;
  switch (reason) {
    case 'expired':
      return wrongExpiry(deps, sent);
    case 'unregistered':
      return wrongHold(deps, sent);
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

const wrongExpiry = ({ agenda: { now }, site }: Deps, sent: Sent): string | undefined => {
  const isAged = now - (sent.receivedAt ?? now) >= site.settings.spool_max_age_s * 1_000 - slackMs;
  const isOver = now >= sent.deadline - slackMs || (sent.inSpool && isAged) || sent.bootIsOver;
  return isOver ? undefined : `it has ${Math.round(sent.deadline - now)} ms left`;
};

const wrongHold = ({ agenda: { now }, ledger, site, startedAt }: Deps, sent: Sent): string | undefined => {
  const { to } = sent.send;
  const { hold_unregistered_ms, hold_max_messages } = site.settings;
  if (now - (site.registeredSince(to) ?? now) > slackMs && !site.isSetBroken) return 'it is registered';
  const waitedMs = now - Math.max(sent.receivedAt ?? 0, startedAt(), site.leftAt(to) ?? 0);
  if (waitedMs >= hold_unregistered_ms - slackMs) return undefined;
  const inMemory = ledger.all.filter(
    (each) =>
      each.receivedAt !== undefined && !each.inSpool && (each.isAgain || !hasEnded(each, site.toExternal)),
  );
  // What is on the disk takes no memory.
  return sent.inSpool || inMemory.length < hold_max_messages
    ? `it was waited for ${Math.round(waitedMs)} of ${hold_unregistered_ms} ms`
    : undefined;
};
