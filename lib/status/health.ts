import * as t from 'io-ts';
import { reasons } from '../rules/rejection.js';
import { Count } from '../util/codec.js';
import type { Snapshot } from './snapshot.js';

const Running = t.type({
  format: t.literal(1),
  state: t.literal('running'),
  version: t.string,
  /** When it was published, RFC 3339, by the unit's clock. */
  at: t.string,
  clock_synchronised: t.boolean,
  cvmain: t.keyof({ unknown: null, serves: null, away: null, fails: null }),
  /** Number of registered apps. */
  apps: Count,
  /** Number of messages held for apps that are not registered. */
  held: Count,
  /** Number of messages in the spool. */
  spooled: Count,
  /** Numbers since the daemon started. */
  notified: Count,
  dead_letters: Count,
  reconnects: Count,
});

const Ended = t.type({ format: t.literal(1), state: t.keyof({ stopped: null, offline: null }) });

/**
 * What the daemon says about itself on its health topic (docs/health.md). `stopped`: it ended as it was asked to; `offline`: its
 * connection ended. Only numbers and fixed words: no name, address, payload or credential.
 */
export const Health = t.union([t.exact(Running), t.exact(Ended)]);

export type Health = t.TypeOf<typeof Health>;
type Running = t.TypeOf<typeof Running>;

/** The health of a running daemon; `nowMs` is ms since the epoch. */
export const healthOf = (snapshot: Snapshot, nowMs: number): Running => {
  return {
    format: 1,
    state: 'running',
    version: snapshot.version,
    at: new Date(nowMs).toISOString(),
    clock_synchronised: snapshot.clock_synchronised,
    cvmain: snapshot.cvmain.state,
    apps: snapshot.registered.length,
    held: total(snapshot.held),
    spooled: total(snapshot.spool.apps),
    notified: snapshot.settled['notified'] ?? 0,
    dead_letters: reasons.reduce((sum, reason) => sum + (snapshot.settled[reason] ?? 0), 0),
    reconnects: snapshot.broker.reconnects,
  };
};

/** The health of a daemon that ends its connection, and the one that the broker publishes when it is lost. */
export const endedHealth = (state: 'stopped' | 'offline'): Health => ({ format: 1, state });

/**
 * Equal for two states between which nothing has changed that matters to whoever watches: traffic and time don't count, nor how many
 * messages wait, only that some do.
 */
export const healthKey = ({ at: _, notified: __, held, spooled, ...rest }: Running): string =>
  JSON.stringify({ ...rest, held: held > 0, spooled: spooled > 0 });

const total = (entries: readonly { readonly messages: number }[]): number =>
  entries.reduce((sum, { messages }) => sum + messages, 0);
