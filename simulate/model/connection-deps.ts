import type { Agenda } from '../engine/agenda.js';
import type { Chance } from '../engine/chance.js';
import type { ProcessTime } from '../engine/process-time.js';
import type { Sent } from '../ledger.js';
import type { ModelBroker } from './broker.js';
import type { ModelConnection } from './connection.js';
import type { Copy } from './session.js';

/** Events of a connection for an observer. */
export interface ConnectionWatch {
  readonly received: (copy: Copy, packetId: number | undefined, expiresInMs: number | undefined) => void;
  readonly acknowledged: (connection: ModelConnection, packetId: number) => Sent | undefined;
  readonly connected: (connection: ModelConnection) => void;
  /** A written acknowledgement was lost. */
  readonly ackLost: (sent: Sent) => void;
}

/** Dependencies of a model connection. */
export interface ModelConnectionDeps {
  readonly agenda: Agenda;
  readonly chance: Chance;
  readonly time: ProcessTime;
  /** The wall clock, ms since 1970. */
  readonly now: () => number;
  readonly isAlive: () => boolean;
  readonly broker: ModelBroker;
  /** No packet passes. */
  readonly isNetOut: () => boolean;
  /** Longest delay of a packet, ms. */
  readonly ms: number;
  readonly watch: ConnectionWatch;
}
