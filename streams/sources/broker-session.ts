import { defer, firstValueFrom, Subject, Subscription } from 'rxjs';
import type { Credentials } from '../../lib/config/credentials.js';
import type {
  CloseReason,
  Connack,
  ConnectionEvent,
  Incoming,
} from '../../lib/mqtt/connection/connection.js';
import type { WireProperties } from '../../lib/mqtt/packets/properties.js';
import { Intake } from '../../lib/mqtt/session/intake.js';
import type { SessionEffect } from '../../lib/mqtt/session/phase.js';
import { ReconnectPolicy } from '../../lib/mqtt/session/reconnect-policy.js';
import { sessionName } from '../../lib/mqtt/session/session-name.js';
import { retryVersionMs, VersionChoice } from '../../lib/mqtt/session/version-choice.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import type { BrokerSession, BrokerSessionDeps, Opened } from './broker-session-deps.js';
import { PhaseMachine } from './phase-machine.js';
import { sessionPublishing } from './session-publishing.js';
import { Subscriptions } from './subscriptions.js';
import { windowRoom } from './window-room.js';

/**
 * Keeps one persistent session at the broker: connects, subscribes, reconnects with backoff, and takes publishes only
 * while its window has room (docs/architecture.md#decision-1, #decision-2, #decision-3). If the window stays full, it
 * disconnects until everything is settled, because pings cannot be read either; the broker keeps the rest.
 */
export const brokerSession = (deps: BrokerSessionDeps): BrokerSession => {
  const { report, scheduler, ackWindow } = deps;
  const publishes = new Subject<Publish>();
  const policy = new ReconnectPolicy(deps);
  const version = new VersionChoice(deps.protocolVersion);
  const subscriptions = new Subscriptions(deps);
  const intake = new Intake(ackWindow, deps.record);
  const publishing = sessionPublishing(deps);
  const ended = new Subject<void>();
  const logins = new Subscription();
  const machine = new PhaseMachine(scheduler, (effect) => run(effect));
  /** The newest login. */
  let login: Credentials | undefined;
  let opened: Opened | undefined;

  const run = (effect: SessionEffect): void => {
    switch (effect.kind) {
      case 'open':
        open();
        break;
      case 'end':
        publishing.farewell(opened, machine.phase);
        opened?.connection.end();
        break;
      case 'back-off': {
        const { reason } = effect;
        const next = policy.next(reason);
        report({ kind: 'disconnected', reason, ...next });
        machine.postIn(next.waitMs);
        break;
      }
      case 'plan-version':
        if (version.isFallback) machine.postIn(retryVersionMs);
        break;
      case 'plan-renewal': {
        const waitMs = policy.newLogin();
        if (waitMs === 0) machine.post({ kind: 'due' });
        else machine.postIn(waitMs);
        break;
      }
      case 'hand-over':
        room.forget();
        machine.postIn(deps.handOverMs);
        postSettled();
        break;
      case 'ended':
        ended.next();
    }
  };

  const open = (): void => {
    if (login === undefined) return;
    const connection = deps.open(login, version.current, { publish, happened });
    opened = { login, connection, isAccepted: false };
  };

  const happened = (event: ConnectionEvent): void => {
    if (event.kind === 'connected') connected(event.connack);
    else if (event.kind === 'released') ackWindow.completed(event.packetId);
    else if (event.kind === 'published') publishing.acknowledged(event.packetId, event.code);
    else if (event.kind === 'closed') closed(event.reason);
    // While packets are taken one by one as the window allows, the answer to a ping is behind all that was sent before.
    else if (room.ranOutLately()) leave();
  };

  const connected = (connack: Connack): void => {
    if (opened === undefined) return;
    opened = { ...opened, isAccepted: true };
    const { connection, login: used } = opened;
    const { address, filters } = used;
    const { sessionPresent } = connack;
    const session = sessionName(used);
    report({ kind: 'connected', address, protocolVersion: version.current, sessionPresent });
    policy.connected(scheduler.now());
    intake.connected(session, sessionPresent);
    machine.post({ kind: 'accepted', isCurrent: login === used });
    const useless = (): void => machine.post({ kind: 'useless' });
    subscriptions.accepted({ connection, session, filters, connack, useless });
    publishing.connected(connection, session, connack);
  };

  const publish = (incoming: Incoming, properties?: WireProperties): boolean => {
    const { size } = ackWindow;
    const taken = intake.take(publishing.asked(incoming, properties), scheduler.now());
    // What is sent again on this connection shows nothing: the broker may not hear the daemon.
    if (ackWindow.size > size) subscriptions.heard();
    if (taken === undefined) acknowledge();
    // After a stop nobody takes it, but the next run knows when it came.
    else publishes.next(taken);
    if (takesMore()) return true;
    room.ranOut();
    return false;
  };

  const leave = (): void => {
    if (machine.phase.kind !== 'connected') return;
    report({ kind: 'window-full', messages: ackWindow.size, bytes: ackWindow.bytes });
    machine.post({ kind: 'full' });
  };

  const room = windowRoom(deps, leave);
  const takesMore = (): boolean =>
    machine.phase.kind !== 'stopping' && machine.phase.kind !== 'handing-over' && room.has();

  const closed = (reason: CloseReason): void => {
    const used = opened?.login;
    const otherVersion = version.ended(reason, opened?.isAccepted ?? false);
    opened = undefined;
    room.forget();
    subscriptions.ended();
    publishing.disconnected();
    ackWindow.disconnected(scheduler.now());
    policy.ended(scheduler.now());
    machine.post({ kind: 'closed', reason, otherVersion, allSettled: ackWindow.unsettled === 0 });
    if (machine.phase.kind === 'waiting' && login !== used)
      machine.post({ kind: 'login', moved: false, atOnce: policy.isFirst });
  };

  const acknowledge = (): void => {
    // The acknowledgement would not leave any more. The publish stays in the window and is recognised when it comes
    // again.
    if (machine.phase.kind === 'ending') return;
    opened?.connection.acknowledge(ackWindow.release());
    if (takesMore()) opened?.connection.resume();
  };

  const postSettled = (): void => {
    const { size, unsettled } = ackWindow;
    machine.post({ kind: 'settled', allSettled: unsettled === 0, allAcknowledged: size === 0 });
  };

  const takeLogin = (renewed: Credentials): void => {
    const moved = login === undefined || sessionName(login) !== sessionName(renewed);
    login = renewed;
    if (moved) version.moved();
    machine.post({ kind: 'login', moved, atOnce: policy.isFirst });
  };

  const connectNoMore = (): void => {
    logins.unsubscribe();
    machine.stopTimer();
    room.forget();
  };

  return {
    publishes$: defer(() => {
      logins.add(deps.credentials$.subscribe({ next: takeLogin, error: (bug) => publishes.error(bug) }));
      return publishes;
    }),
    settled: (publish) => {
      // It came from the spool and was acknowledged before. Its topic may hold another retained message by now.
      if (publish.seq < 0) return;
      intake.settled(publish);
      if (publish.qos === 0) return;
      acknowledge();
      postSettled();
    },
    publish: publishing.put,
    login: () => opened?.login ?? login,
    view: () => machine.view(),
    stopTaking: () => {
      connectNoMore();
      machine.post({ kind: 'stop' });
      publishes.complete();
    },
    close: async () => {
      connectNoMore();
      const done = firstValueFrom(ended);
      machine.post({ kind: 'close' });
      await done;
      intake.close();
    },
  };
};
