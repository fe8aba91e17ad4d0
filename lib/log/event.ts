import type { BrokerAddress } from '../config/broker-address.js';
import type { EndReason } from '../mqtt/session/end-reason.js';
import type { Held, Released } from '../rules/delivery/hold.js';
import type { DeadLettered, Settlement } from '../rules/settlement.js';
import type { Tally } from '../rules/tally.js';
import type { NewerFile } from '../storage/state-formats.js';

/** How many messages of an app were settled. */
export interface AppTraffic {
  readonly name: string;
  readonly notified: number;
  readonly spooled: number;
  readonly dead_letters: number;
}

/** Everything that the daemon reports. The log and the tally are made from these events. */
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
  /** What could not be read in the token in use. The remarks quote no part of it. */
  | { readonly kind: 'odd-token'; readonly remarks: readonly string[] }
  | {
      readonly kind: 'cvmain-serves';
      readonly address: string;
      readonly version: string;
      /** How long it did not answer; present if a warning was logged about it. */
      readonly afterMs?: number;
    }
  /** `forMs`: since the first call that did not reach it. */
  | { readonly kind: 'cvmain-away'; readonly address: string; readonly forMs: number }
  /** cvmain has not answered for so long that a person has to look. */
  | {
      readonly kind: 'cvmain-absent';
      readonly address: string;
      readonly detail: string;
      readonly forMs: number;
    }
  /** cvmain answers, but has accepted no message for `forMs`. */
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
      /** What the daemon does until the file is valid. */
      readonly until: 'last-good' | 'waiting' | 'absent';
    }
  /** A broken file is valid again. */
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
      readonly reason: EndReason;
      readonly waitMs: number;
      /** Whether another client with the same client id would explain it. */
      readonly conflictLikely?: boolean;
    }
  | { readonly kind: 'window-full'; readonly messages: number; readonly bytes: number }
  | Held
  | Released
  | { readonly kind: 'settled'; readonly settlement: Settlement }
  /** What was settled in the last hour, if anything was. */
  | { readonly kind: 'traffic'; readonly tally: Tally; readonly apps: readonly AppTraffic[] }
  | { readonly kind: 'dead-letter-lost'; readonly letter: DeadLettered; readonly detail: string }
  | { readonly kind: 'configuration-changed' }
  /** A health or a receipt is not published; the topic in the detail may be a sender's. */
  | {
      readonly kind: 'not-published';
      readonly what: 'health' | 'health_topic' | 'receipt' | 'receipt_topic';
      readonly detail: string;
    }
  | { readonly kind: 'spool-broken'; readonly detail: string }
  /** The state directory can't be used. */
  | { readonly kind: 'state-unusable'; readonly detail: string }
  /** A newer version wrote a file of the state directory. */
  | ({ readonly kind: 'state-newer' } & NewerFile)
  /** systemd can't be notified. */
  | { readonly kind: 'systemd-unreachable'; readonly detail: string }
  /** Something has not moved for long, though nobody else has to do anything. */
  | { readonly kind: 'stuck'; readonly what: string }
  /** Log entries were dropped, as the reader of the log did not keep up. */
  | { readonly kind: 'log-entries-dropped'; readonly entries: number }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'stopped'; readonly tally: Tally };

/** Reports an event as it happens. */
export type Report = (event: DaemonEvent) => void;
