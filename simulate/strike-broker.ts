import { tokenOf } from './model/site.js';
import type { Fault } from './plan.js';
import type { Run } from './run.js';

/** Faults of a broker, of the connection to it, or of the login. */
type BrokerFault = Extract<
  Fault,
  {
    readonly kind:
      | 'cut'
      | 'broker-restart'
      | 'session-lost'
      | 'subscribe-fails'
      | 'older-database'
      | 'token'
      | 'address';
  }
>;

/** The context in which a strike is counted. */
interface Counting {
  readonly count: (matters: boolean) => void;
  /** Number of messages in the daemon that are not settled. */
  readonly held: number;
}

/** Downtime of a broker that returns with an older database or without the session, ms. */
const restoringMs = 400;

/** Applies a fault of the broker's side. */
export const strikeBroker = (run: Run, fault: BrokerFault, { count, held }: Counting): void => {
  const { agenda, cvmain, broker } = run;
  switch (fault.kind) {
    case 'cut': {
      const { connection } = broker;
      if (connection === undefined || !connection.isGood) return;
      count(run.audit.unacked > 0 || broker.inFlight > 0);
      run.netOutUntil = agenda.now + fault.forMs;
      agenda.in(0, () => connection.cut(fault.how));
      return;
    }
    case 'broker-restart':
      count(broker.inFlight > 0);
      broker.stop();
      agenda.in(fault.downMs, () => raise(run));
      return;
    case 'session-lost':
      count(!broker.isIdle);
      broker.stop();
      broker.forget();
      agenda.in(restoringMs, () => raise(run));
      return;
    case 'subscribe-fails':
      count(false);
      broker.subscribeFails = fault.how;
      agenda.in(fault.forMs, () => {
        broker.subscribeFails = undefined;
      });
      return;
    case 'older-database': {
      const restore = broker.snapshot();
      agenda.in(fault.ageMs, () => {
        if (agenda.now >= run.plan.calmAt) return;
        count(true);
        broker.stop();
        restore();
        agenda.in(restoringMs, () => raise(run));
      });
      return;
    }
    case 'token':
      count(held > 0);
      cvmain.token += 1;
      for (const each of run.brokers) each.token = tokenOf(cvmain.token);
      if (fault.kicks) broker.connection?.end('refused');
      agenda.in(fault.fileAfterMs, () => run.moveTo(run.brokerAt));
      return;
    case 'address':
      count(held > 0);
      run.moveTo(1);
      agenda.in(fault.backMs, () => run.moveTo(0));
      return;
  }
};

/** Starts every broker that is down. */
export const raise = (run: Run): void => {
  for (const each of run.brokers) each.down = false;
};
