import type { Connack, Connection, Incoming } from '../../lib/mqtt/connection/connection.js';
import type { WireProperties } from '../../lib/mqtt/packets/properties.js';
import type { Outgoing } from '../../lib/mqtt/packets/write-publish.js';
import { type Item, Outbox } from '../../lib/mqtt/session/outbox.js';
import type { Phase } from '../../lib/mqtt/session/phase.js';
import { replyOf } from '../../lib/mqtt/session/reply.js';
import type { BrokerSessionDeps, Opened } from './broker-session-deps.js';

/** What a session publishes, apart from acknowledgements. Does nothing without `publishing`. */
export const sessionPublishing = ({
  publishing,
  scheduler,
}: Pick<BrokerSessionDeps, 'publishing' | 'scheduler'>) => {
  const outbox = publishing && new Outbox();
  return {
    /** The publish, with what its sender asks for if that is wanted. */
    asked: (incoming: Incoming, properties: WireProperties | undefined): Incoming => {
      const reply = publishing?.withReplies ? replyOf(properties) : undefined;
      return reply === undefined ? incoming : { ...incoming, reply };
    },
    connected: (connection: Connection, session: string, connack: Connack): void =>
      outbox?.connected(connection, session, connack, scheduler.now()),
    disconnected: (): void => outbox?.disconnected(),
    put: (message: Outgoing, ended: Item['ended']): void =>
      outbox?.put({ message, ended, at: scheduler.now() }),
    /** PUBACK came. */
    acknowledged: (packetId: number, code: number): void =>
      outbox?.acknowledged(packetId, code, scheduler.now()),
    /** This side closes the connection. */
    farewell: (opened: Opened | undefined, phase: Phase): void => {
      if (!opened?.isAccepted || phase.kind !== 'ending') return;
      const message = publishing?.farewell(opened.login, phase.next);
      if (message !== undefined) outbox?.last({ message, ended: () => undefined, at: scheduler.now() });
    },
  };
};
