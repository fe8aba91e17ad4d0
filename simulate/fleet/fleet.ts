import type { CloseReason } from '../../lib/mqtt/connection/connection.js';
import { answerMs, Unit, type UnitDeps } from './unit.js';

/** A fleet that loses its broker or its token service, at the time 0. */
export interface Scenario extends UnitDeps {
  readonly units: number;
  /** Connections that the broker accepts in a second; it closes others at once. */
  readonly acceptsPerS: number;
  /** What is away. Without the token service all tokens have expired, and the broker refuses them. */
  readonly away: 'broker' | 'tokens';
  readonly outageMs: number;
}

/** What the broker saw. */
export interface Course {
  /** The most attempts in one second of the outage. */
  readonly peakDuring: number;
  /** The most attempts in one second after it. */
  readonly peakAfter: number;
  /** Attempts after the outage that it did not accept. */
  readonly refused: number;
  /** From the end of the outage until 99 % of the units are connected, ms. */
  readonly backMs: number;
  /** For each second after the outage: attempts, and units that are connected at its end. */
  readonly seconds: readonly { readonly attempts: number; readonly connected: number }[];
}

const unreachable: CloseReason = { kind: 'unreachable', detail: 'the broker is away' };
const badLogin: CloseReason = { kind: 'refused', detail: 'not authorised' };

/** Runs a scenario until all units are back. It is the same for the same random numbers. */
export const runFleet = (scenario: Scenario): Course => {
  const during = new Uint32Array(Math.ceil(scenario.outageMs / 1_000) + 1);
  // Until the end of the outage no attempt succeeds, so no unit matters to another.
  const waiting = Array.from({ length: scenario.units }, () => unitAfterOutage(scenario, during));
  const peakDuring = during.reduce((most, each) => Math.max(most, each), 0);
  return { peakDuring, ...comeBack(scenario, waiting) };
};

const unitAfterOutage = (scenario: Scenario, attempts: Uint32Array): Unit => {
  const { away, outageMs } = scenario;
  const unit = new Unit(scenario);
  const reason = away === 'broker' ? unreachable : badLogin;
  unit.isValid = away === 'broker';
  unit.failed(0, reason);
  for (let now = nextOf(unit); now < outageMs; now = nextOf(unit)) {
    if (unit.askAt <= now) {
      unit.askedInVain(now);
      continue;
    }
    const second = Math.floor(now / 1_000);
    attempts[second] = (attempts[second] ?? 0) + 1;
    unit.due();
    unit.failed(now + answerMs, reason);
  }
  return unit;
};

const nextOf = ({ connectAt, askAt }: Unit): number => Math.min(connectAt, askAt);

/** Every unit is in the bucket of the millisecond in which it is next due. */
const comeBack = (
  { units, acceptsPerS, outageMs }: Scenario,
  waiting: readonly Unit[],
): Omit<Course, 'peakDuring'> => {
  const buckets = new Map<number, Unit[]>();
  const enter = (unit: Unit): void => {
    const at = Math.max(0, Math.ceil(nextOf(unit) - outageMs));
    const bucket = buckets.get(at);
    if (bucket === undefined) buckets.set(at, [unit]);
    else bucket.push(unit);
  };
  for (const unit of waiting) enter(unit);
  const seconds: { attempts: number; connected: number }[] = [];
  let [connected, refused, peakAfter, backMs] = [0, 0, 0, 0];
  let [attempts, slots] = [0, 0];
  for (let ms = 0; connected < units || ms % 1_000 !== 0; ms += 1) {
    if (ms % 1_000 === 0) slots = acceptsPerS;
    const now = outageMs + ms;
    for (let due = buckets.get(ms); due !== undefined; due = buckets.get(ms)) {
      buckets.delete(ms);
      for (const unit of due) {
        if (unit.askAt <= now) unit.renewed(now);
        else {
          attempts += 1;
          unit.due();
          const hasSlot = slots > 0;
          if (hasSlot) slots -= 1;
          if (hasSlot && unit.isValid) {
            unit.accepted(now + answerMs);
            connected += 1;
            if (backMs === 0 && connected >= units * 0.99) backMs = ms;
            continue;
          }
          refused += 1;
          unit.failed(now + answerMs, hasSlot ? badLogin : unreachable);
        }
        enter(unit);
      }
    }
    if (ms % 1_000 === 999) {
      seconds.push({ attempts, connected });
      peakAfter = Math.max(peakAfter, attempts);
      attempts = 0;
    }
  }
  return { peakAfter, refused, backMs, seconds };
};
