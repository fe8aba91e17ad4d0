import * as E from 'fp-ts/lib/Either.js';
import { Observable, type OperatorFunction, take } from 'rxjs';
import { backoffMs } from '../lib/delivery/backoff.js';
import type { Understood } from '../lib/delivery/deliverable.js';
import { halfDelivered, type Job, type Lane, newJob, newLane, settled } from '../lib/delivery/lane.js';
import type { Outcome } from '../lib/delivery/outcome.js';
import type { Target } from '../lib/notification/target.js';
import type { IntegrationSet } from '../lib/routing/integrations.js';
import { type Decide, type Route, route } from '../lib/routing/route.js';
import type { Rejection, Settlement } from '../lib/settlement.js';
import { CallGate } from './call-gate.js';
import type { DeliverDeps } from './deliver-deps.js';
import { maxTimerMs } from './monotonic-scheduler.js';
import { Spooling } from './spooling.js';

/**
 * Delivers each message to its integration, and emits its settlement; what is a dead letter already passes. In order for
 * each integration, with one call in flight for each, while integrations don't wait for each other; where a message goes
 * is decided with the set as it is at the call. A message for an unregistered integration is held for a while, as its app
 * may register (design.md, decisions 4, 6, 7, 8, 9). Completes when the source has and nothing waits, or when stopped.
 */
export const deliver =
  (deps: DeliverDeps): OperatorFunction<Understood, Settlement> =>
  (source) =>
    new Observable((subscriber) => {
      const { scheduler } = deps;
      const error = (bug: unknown): void => subscriber.error(bug);
      const lanes = new Map<string, Lane>();
      const due: Lane[] = [];
      let decide: Decide | undefined;
      let held = 0;
      let waitingQos0 = 0;
      let looking = false;
      let sourceEnded = false;
      let stopping = false;

      // ── What happens: a message arrives, the set changes, cvmain is back, the end is asked for ──────────────────

      const arrive = (understood: Understood): void => {
        if (stopping) return;
        if (understood.kind === 'dead-lettered') {
          subscriber.next(understood);
          return;
        }
        const job = newJob(understood, scheduler.now());
        if (understood.message.publish.qos === 0) waitingQos0 += 1;
        if (waitingQos0 > deps.maxWaitingQos0) {
          const detail = `${deps.maxWaitingQos0} messages of QoS 0 wait already`;
          settle(job, { reason: 'overflow', detail });
          return;
        }
        const { integration } = understood.message;
        const known = lanes.get(integration);
        const lane = known ?? open(integration);
        const inMemory = spooling === undefined ? lane.jobs.push(job) > 0 : spooling.arrived(job, lane);
        if (known === undefined) wake(lane);
        else if (lane.state === 'for-registration' && inMemory) {
          held += 1;
          boundHeld(lane);
        }
      };

      const open = (integration: string): Lane => {
        const lane = newLane(integration, scheduler.now());
        lanes.set(integration, lane);
        return lane;
      };

      const setChanged = (set: IntegrationSet): void => {
        decide = route(set, deps.policy);
        wakeAll('for-set', 'for-registration');
      };

      // Where cvmain was down, the failures say nothing about the messages: no need to wait on.
      const back = (wasDown: boolean): void => {
        if (wasDown) wakeAll('for-retry');
        lookAtDue();
      };

      const stop = (): void => {
        stopping = true;
        lookAtDue();
      };

      // ── A lane that is due is looked at: its first message is settled, sent, or waited for ──────────────────────

      const wake = (lane: Lane): void => {
        if (lane.state === 'for-registration') held -= lane.jobs.length;
        if (lane.state === 'for-slot') gate.withdraw(lane);
        lane.state = 'due';
        due.push(lane);
        lookAtDue();
      };

      const wakeAll = (...states: Lane['state'][]): void => {
        for (const lane of [...lanes.values()]) if (states.includes(lane.state)) wake(lane);
      };

      // A loop and not recursion: an answer may come while the call is being made (design.md, decision 14). Who waits
      // for a place among the calls goes before who has just left one.
      const nextDue = (): Lane | undefined => (subscriber.closed ? undefined : (gate.next() ?? due.shift()));

      const lookAtDue = (): void => {
        if (looking) return;
        looking = true;
        for (let lane = nextDue(); lane !== undefined; lane = nextDue()) look(lane);
        looking = false;
        const idle = gate.idle && (spooling?.idle ?? true);
        if (stopping ? idle : sourceEnded && lanes.size === 0) subscriber.complete();
      };

      const look = (lane: Lane): void => {
        lane.timer?.unsubscribe();
        // What was half delivered is finished, so that no target is notified twice.
        const first = lane.jobs[0];
        if (stopping && (first === undefined || !halfDelivered(first))) return;
        if (spooling?.waits(lane)) return;
        const job = lane.jobs[0];
        if (job === undefined) {
          lanes.delete(lane.integration);
          return;
        }
        if (scheduler.now() >= job.expiresAt) {
          const lifetimeMs = job.expiresAt - job.arrivedAt;
          finish(lane, job, { reason: 'expired', detail: `its lifetime of ${lifetimeMs} ms is over` });
          return;
        }
        if (decide === undefined) {
          wait(lane, 'for-set', job.expiresAt);
          return;
        }
        const decision = decide(job.deliverable.message);
        if (E.isRight(decision)) send(lane, job, decision.right);
        else if (decision.left.reason === 'unregistered') hold(lane, job, decision.left);
        else finish(lane, job, decision.left);
      };

      const hold = (lane: Lane, job: Job, { reason, detail }: Rejection): void => {
        lane.heldSince ??= scheduler.now();
        const end = Math.max(lane.heldSince, job.arrivedAt) + deps.holdUnregisteredMs;
        if (scheduler.now() >= end) {
          finish(lane, job, { reason, detail: `${detail}; held ${deps.holdUnregisteredMs} ms for it` });
          return;
        }
        wait(lane, 'for-registration', Math.min(end, job.expiresAt));
        held += lane.jobs.length;
        boundHeld(lane);
      };

      /** Past the bound the newest are let go: they would have been delivered last. */
      const boundHeld = (lane: Lane): void => {
        if (lane.storing === 'all') return;
        for (const job of lane.jobs.splice(
          Math.max(0, lane.jobs.length - Math.max(0, held - deps.maxHeld)),
        )) {
          held -= 1;
          const detail = `no integration "${lane.integration}" is registered, and ${deps.maxHeld} messages are held already`;
          spooling?.ended(job, lane);
          settle(job, { reason: 'unregistered', detail });
        }
        if (lane.jobs.length === 0) wake(lane);
      };

      const send = (lane: Lane, job: Job, { targets }: Route): void => {
        lane.heldSince = undefined;
        const target = targets.find(({ kind }) => !job.accepted[kind]);
        if (target === undefined) {
          finish(lane, job);
          return;
        }
        if (!gate.enter(lane)) {
          wait(lane, 'for-slot', job.expiresAt);
          return;
        }
        lane.state = 'for-answer';
        job.attempts += 1;
        let isOver = false;
        const cancel = deps.notify(job.deliverable.message, target, (outcome) => {
          isOver = true;
          lane.cancel = undefined;
          answered(lane, job, target, targets, outcome);
        });
        if (!isOver) lane.cancel = cancel;
      };

      // What the last target has accepted is at its end: too late to expire, or to look for its integration again.
      const answered = (
        lane: Lane,
        job: Job,
        target: Target,
        targets: readonly Target[],
        outcome: Outcome,
      ): void => {
        gate.leave();
        if (outcome.kind === 'accepted') {
          job.accepted[target.kind] = true;
          if (targets.every(({ kind }) => job.accepted[kind])) finish(lane, job);
          else wake(lane);
        } else if (outcome.kind === 'refused')
          finish(lane, job, { reason: 'refused', detail: outcome.detail });
        else {
          const until = scheduler.now() + backoffMs(deps.retry, job.failures, deps.random);
          job.failures += 1;
          wait(lane, 'for-retry', Math.min(until, job.expiresAt));
          if (outcome.kind === 'away') gate.away();
          lookAtDue();
        }
      };

      const wait = (lane: Lane, state: Lane['state'], until: number): void => {
        lane.state = state;
        if (until === Number.POSITIVE_INFINITY) return;
        const delay = Math.min(Math.max(0, until - scheduler.now()), maxTimerMs);
        lane.timer = scheduler.schedule(() => wake(lane), delay);
      };

      const finish = (lane: Lane, job: Job, rejection?: Rejection): void => {
        lane.jobs.shift();
        spooling?.ended(job, lane);
        settle(job, rejection);
        wake(lane);
      };

      const settle = (job: Job, rejection?: Rejection): void => {
        if (job.deliverable.message.publish.qos === 0 && job.spoolId === undefined) waitingQos0 -= 1;
        subscriber.next(settled(job, scheduler.now(), rejection));
      };

      const { callsInFlight, whenServing$ } = deps;
      const gate = new CallGate<Lane>({ callsInFlight, whenServing$, back, error });
      const spooling =
        deps.spool &&
        new Spooling({
          ...deps.spool,
          scheduler,
          lanes,
          wake,
          stored: lookAtDue,
          shrunk: (lane, by) => {
            if (lane.state === 'for-registration') held -= by;
          },
          emit: (settlement) => {
            if (settlement.kind === 'spooled' && settlement.publish.qos === 0) waitingQos0 -= 1;
            subscriber.next(settlement);
          },
          error,
        });
      subscriber.add(() => {
        gate.close();
        spooling?.close();
        for (const lane of lanes.values()) {
          lane.timer?.unsubscribe();
          lane.cancel?.();
        }
      });
      subscriber.add(deps.stop$.pipe(take(1)).subscribe({ next: stop, error }));
      subscriber.add(deps.integrations$.subscribe({ next: setChanged, error }));
      const complete = (): void => {
        sourceEnded = true;
        lookAtDue();
      };
      for (const integration of deps.spool?.spool.integrations ?? []) wake(open(integration));
      subscriber.add(source.subscribe({ next: arrive, error, complete }));
    });
