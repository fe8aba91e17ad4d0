import type { BrokerAddress } from '../config/broker-address.js';
import type { CloseReason } from '../mqtt/connection/connection.js';
import type { DeadLettered, Settlement } from '../rules/settlement.js';
import type { Tally } from '../rules/tally.js';

/** All that the daemon has to tell: each event is one type, and log lines and counts are made of it. */
export type DaemonEvent =
  | {
      readonly kind: 'starting';
      readonly version: string;
      readonly configDirectory: string;
      readonly stateDirectory: string;
    }
  | {
      readonly kind: 'waiting';
      readonly what: 'cvmain' | 'registration' | 'token';
      readonly detail: string;
    }
  /** What could not be read of the token in use; no part of it. */
  | { readonly kind: 'odd-token'; readonly remarks: readonly string[] }
  | {
      readonly kind: 'cvmain-serves';
      readonly address: string;
      readonly version: string;
      /** For how long it did not, where a warning said that. */
      readonly afterMs?: number;
    }
  | { readonly kind: 'cvmain-away'; readonly address: string }
  /** It has not answered for so long that somebody has to look. */
  | {
      readonly kind: 'cvmain-absent';
      readonly address: string;
      readonly detail: string;
      readonly forMs: number;
    }
  /** It answers, but has taken no message for so long. */
  | {
      readonly kind: 'cvmain-fails';
      readonly address: string;
      readonly detail: string;
      readonly forMs: number;
    }
  | { readonly kind: 'cvmain-delivers'; readonly address: string; readonly afterMs: number }
  | {
      readonly kind: 'integrations';
      readonly names: readonly string[];
      readonly unreachable: readonly string[];
    }
  | {
      readonly kind: 'file-broken';
      readonly file: string;
      readonly detail: string;
      /** What happens until it is whole. */
      readonly until: 'last-good' | 'waiting' | 'absent';
    }
  /** It was broken, and is not any more. */
  | { readonly kind: 'file-whole'; readonly file: string }
  | {
      readonly kind: 'connected';
      readonly address: BrokerAddress;
      readonly protocolVersion: 4 | 5;
      readonly sessionPresent: boolean;
    }
  | { readonly kind: 'subscribed'; readonly filters: readonly string[] }
  | { readonly kind: 'subscription-refused'; readonly filters: readonly string[] }
  | {
      readonly kind: 'subscription-unanswered';
      readonly filters: readonly string[];
      readonly afterMs: number;
    }
  | { readonly kind: 'granted-qos-0'; readonly filters: readonly string[] }
  | { readonly kind: 'filters-overlap'; readonly filters: readonly string[] }
  | { readonly kind: 'session-expiry'; readonly askedS: number; readonly grantedS: number }
  | {
      readonly kind: 'disconnected';
      readonly reason: CloseReason;
      readonly waitMs: number;
      /** Another client with the same client id would explain it. */
      readonly rivalLikely?: boolean;
    }
  | { readonly kind: 'window-full'; readonly messages: number; readonly bytes: number }
  | { readonly kind: 'settled'; readonly settlement: Settlement }
  | { readonly kind: 'dead-letter-lost'; readonly letter: DeadLettered; readonly detail: string }
  | { readonly kind: 'configuration-changed' }
  | { readonly kind: 'spool-broken'; readonly detail: string }
  /** What the daemon keeps on the disk can't be kept there. */
  | { readonly kind: 'state-unusable'; readonly detail: string }
  /** Who reads the log did not keep up. */
  | { readonly kind: 'log-lines-dropped'; readonly lines: number }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'stopped'; readonly tally: Tally };

/** Takes each event as it happens. */
export type Report = (event: DaemonEvent) => void;
