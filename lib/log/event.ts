import type { CloseReason } from '../broker/close-reason.js';
import type { BrokerAddress } from '../config/broker-address.js';
import type { ConfigProblem } from '../config/problem.js';
import type { DeadLettered, Settlement } from '../settlement.js';
import type { Tally } from '../tally.js';

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
  | { readonly kind: 'cvmain-serves'; readonly address: string; readonly version: string }
  | { readonly kind: 'cvmain-away'; readonly address: string }
  | {
      readonly kind: 'integrations';
      readonly names: readonly string[];
      readonly unreachable: readonly string[];
    }
  | { readonly kind: 'file-broken'; readonly file: string; readonly detail: string }
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
  | { readonly kind: 'configuration-refused'; readonly problem: ConfigProblem }
  | { readonly kind: 'configuration-changed' }
  | { readonly kind: 'spool-broken'; readonly detail: string }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'stopped'; readonly tally: Tally };

/** Takes each event as it happens. */
export type Report = (event: DaemonEvent) => void;
