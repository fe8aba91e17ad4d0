import type { Agenda } from '../engine/agenda.js';
import type { Chance } from '../engine/chance.js';
import type { ProcessTime } from '../engine/process-time.js';
import type { Sent } from '../ledger.js';
import type { ModelBroker } from './broker.js';
import type { Line } from './line.js';
import type { Copy } from './session.js';

/** What a line tells who watches. */
export interface LineWatch {
  readonly received: (copy: Copy, packetId: number | undefined, expiresInMs: number | undefined) => void;
  readonly acknowledged: (line: Line, packetId: number) => Sent | undefined;
  readonly connected: (line: Line) => void;
  /** An acknowledgement that was written is lost. */
  readonly ackLost: (sent: Sent) => void;
}

/** What a line needs of its surroundings. */
export interface LineDeps {
  readonly agenda: Agenda;
  readonly chance: Chance;
  readonly time: ProcessTime;
  /** Wall clock. */
  readonly now: () => number;
  readonly isAlive: () => boolean;
  readonly broker: ModelBroker;
  /** No packet passes. */
  readonly isNetOut: () => boolean;
  /** The longest way of a packet, ms. */
  readonly ms: number;
  readonly watch: LineWatch;
}
