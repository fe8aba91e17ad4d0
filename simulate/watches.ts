import type { DaemonEvent } from '../lib/log/event.js';
import { forgetReceipt, isOneMissing } from './ledger.js';
import type { ModelBrokerDeps } from './model/broker-deps.js';
import type { ConnectionWatch } from './model/connection-deps.js';
import type { CvmainWatch } from './model/cvmain.js';
import type { Run } from './run.js';
import { textOf } from './texts.js';

/** Observes calls to cvmain: records and audits them, and lets faults strike. */
export const cvmainWatch = (run: Run): CvmainWatch => ({
  called: (sent, target) => {
    run.note('call', `calls cvmain for ${sent.name}, ${target.kind}`, sent);
    run.audit.called(sent, target);
    run.moment('call');
  },
  executed: (sent, target, waits) => {
    run.note(
      'notified',
      `notifies ${sent.name}, ${target}${waits ? '' : ', after its caller has gone'}`,
      sent,
    );
    run.audit.executed(sent, target, waits);
    run.moment('executed');
  },
  answered: (sent, target, outcome) => {
    run.note('answer', `answers ${sent.name}, ${target}: ${outcome.kind}`, sent);
    run.audit.answered(sent, target, outcome);
    run.moment('answered');
  },
});

/** What the broker of this name is made with; its events are recorded. */
export const brokerDeps = (run: Run, name: string): ModelBrokerDeps => ({
  agenda: run.agenda,
  traits: run.plan.broker,
  note: (text) => run.note('broker', `${name} ${text}`),
  struck: (kind, matters) => {
    if (kind === 'qos-2') run.strikes.strike(kind, undefined, matters);
    else if (matters) run.strikes.mattered(kind);
  },
});

/** Observes the connection to the broker. */
export const connectionWatch = (run: Run): ConnectionWatch => ({
  received: (copy, packetId, expiresInMs) => {
    run.note('broker', `→ ${copy.sent.name}, packet id ${packetId ?? 'none'}`, copy.sent);
    run.audit.received(copy, packetId, expiresInMs);
    if (copy.sent.send.twice) run.strikes.strike('equal', undefined, isOneMissing(copy.sent));
    if (copy.sent.send.broken === 'oversized') run.strikes.strike('oversized', undefined, true);
    run.moment('received');
  },
  acknowledged: (connection, packetId) => {
    const sent = run.audit.acknowledged(connection, packetId);
    run.note('puback', `PUBACK ${packetId}`, sent);
    run.moment('acknowledging');
    return sent;
  },
  connected: (connection) => {
    run.audit.connected(connection);
    run.moment('connected');
  },
  ackLost: (sent) => {
    run.note('fault', `the PUBACK of ${sent.name} is lost`, sent);
    for (const each of Object.values(sent.notified)) each.copies += 1;
    // A spooled message uses its first receipt; one that is resent uses its own.
    sent.isAgain ||= sent.inSpool;
    forgetReceipt(sent);
  },
});

/** Records and audits an event that the daemon reports. */
export const reported = (run: Run, event: DaemonEvent): void => {
  if (event.kind !== 'settled') {
    if (run.isTraced) run.note('daemon', textOf(event));
    run.audit.reported(event);
    return;
  }
  const { payload } = event.settlement.publish;
  const sent = 'text' in payload ? run.ledger.withText(payload.text) : undefined;
  if (run.isTraced) run.note('settled', textOf(event), sent);
  run.audit.reported(event);
  run.moment('settled');
};
