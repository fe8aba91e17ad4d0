import { Subject, VirtualTimeScheduler } from 'rxjs';
import type { Credentials } from '../../lib/config/credentials.js';
import type { DaemonEvent } from '../../lib/log/event.js';
import type { Acknowledgement } from '../../lib/mqtt/connection/ack-writer.js';
import type {
  CloseReason,
  Connack,
  Connection,
  ConnectionEvents,
  Granted,
  Incoming,
} from '../../lib/mqtt/connection/connection.js';
import type { Outgoing } from '../../lib/mqtt/packets/write-publish.js';
import { AckWindow } from '../../lib/mqtt/session/ack-window.js';
import type { Publish, QoS } from '../../lib/rules/message/publish.js';
import { payloadDigest, type SessionRecord } from '../../lib/storage/session-record.js';
import { brokerSession } from '../../streams/sources/broker-session.js';
import type { BrokerSession, BrokerSessionDeps } from '../../streams/sources/broker-session-deps.js';

/** A valid login with these changes. */
export const login = (more: Partial<Credentials> = {}): Credentials => ({
  address: { protocol: 'mqtts', host: 'broker.example', port: 8883, path: '/' },
  username: 'cv12345',
  password: 'the secret token',
  filters: ['s2u/cv12345/#'],
  ...more,
});

/** A connection whose broker is played by a spec. As with a real one, nothing leaves after `end()`. */
export class FakeConnection implements Connection {
  readonly acknowledged: number[] = [];
  /** Acknowledgements that came too late, and never left. */
  readonly tooLate: number[] = [];
  readonly subscriptions: {
    readonly filters: readonly string[];
    /** All, none, or the QoS of each filter. */
    readonly answer: (granted: boolean | readonly (QoS | undefined)[]) => void;
  }[] = [];
  readonly published: { readonly message: Outgoing; readonly packetId: number; readonly dup: boolean }[] = [];
  readonly unsubscriptions: { readonly filters: readonly string[]; readonly answer: () => void }[] = [];
  resumed = 0;
  ended = false;
  gone = false;

  constructor(
    readonly login: Credentials,
    readonly version: 4 | 5,
    readonly openedAt: number,
    readonly events: ConnectionEvents,
  ) {}

  subscribe(filters: readonly string[], done: (granted: readonly Granted[]) => void): void {
    const answer = (granted: boolean | readonly (QoS | undefined)[]): void =>
      done(
        filters.map((filter, at) => {
          const qos = typeof granted === 'boolean' ? (granted ? 1 : undefined) : granted[at];
          return qos === undefined ? { filter } : { filter, qos };
        }),
      );
    this.subscriptions.push({ filters, answer });
  }
  unsubscribe(filters: readonly string[], answer: () => void): void {
    this.unsubscriptions.push({ filters, answer });
  }
  acknowledge(acks: readonly Acknowledgement[]): void {
    const packetIds = acks.map(({ packetId }) => packetId);
    (this.ended || this.gone ? this.tooLate : this.acknowledged).push(...packetIds);
  }
  publish(message: Outgoing, packetId: number, dup: boolean): void {
    if (!this.ended && !this.gone) this.published.push({ message, packetId, dup });
  }
  resume(): void {
    this.resumed += 1;
  }
  end(): void {
    this.ended = true;
  }

  /** The broker accepts it. */
  accept(sessionPresent = false, more: Partial<Connack> = {}): this {
    this.events.happened({ kind: 'connected', connack: { sessionPresent, ...more } });
    return this;
  }
  /** The broker accepts it, without a session, and grants the subscription. */
  serve(): this {
    this.accept(false);
    this.subscriptions[0]?.answer(true);
    return this;
  }
  /** The broker sends a message; returns whether there is room for more. */
  deliver(packetId: number, more: Partial<Incoming> = {}): boolean {
    return this.events.publish({
      packetId,
      topic: 's2u/cv12345/int1-open',
      payload: { text: `message ${packetId}` },
      qos: 1,
      retain: false,
      dup: false,
      receivedAt: 0,
      ...more,
    });
  }
  /** The connection has ended, whoever ended it. */
  close(reason: CloseReason = { kind: 'lost', detail: 'the line was cut' }): void {
    this.gone = true;
    this.events.happened({ kind: 'closed', reason });
  }
}

/** A record kept in memory for as long as the spec holds it, like the file. */
export const recordInMemory = (): SessionRecord => {
  const filters = new Map<string, readonly string[]>();
  const run = new Set<string>();
  const keyOf = (session: string, publish: Publish) =>
    JSON.stringify([session, publish.topic, payloadDigest(publish)]);
  return {
    filters: (session) => filters.get(session) ?? [],
    setFilters: (session, all) => void filters.set(session, all),
    hasRun: (session, publish) => run.has(keyOf(session, publish)),
    addRun: (session, publish) => void run.add(keyOf(session, publish)),
    addLive: (session, last) => {
      for (const [topic, digest] of last) run.add(JSON.stringify([session, topic, digest]));
    },
    written: () => Promise.resolve(),
  };
};

/** A session in virtual time, with login and broker controlled by a spec. */
export interface SessionTest {
  readonly session: BrokerSession;
  /** Gives the first login, or the next one. */
  logIn(credentials?: Credentials): void;
  /** Lets time pass, ms. */
  pass(ms: number): void;
  /** All connections so far. */
  readonly connections: readonly FakeConnection[];
  /** The latest one. */
  readonly latest: FakeConnection;
  /** Everything that the session took, in order. */
  readonly taken: readonly Publish[];
  readonly completed: () => boolean;
  readonly reports: readonly DaemonEvent[];
}

/** Starts a session without random waits. */
export function startSession(more: Partial<BrokerSessionDeps> = {}): SessionTest {
  const scheduler = new VirtualTimeScheduler();
  const credentials$ = new Subject<Credentials>();
  const connections: FakeConnection[] = [];
  const reports: DaemonEvent[] = [];
  const taken: Publish[] = [];
  let completed = false;
  const session = brokerSession({
    credentials$,
    open: (credentials, version, events) => {
      const connection = new FakeConnection(credentials, version, scheduler.now(), events);
      connections.push(connection);
      return connection;
    },
    protocolVersion: 'auto',
    windowMessages: 2,
    windowBytes: 1_000,
    fullMs: 15_000,
    ackWindow: new AckWindow(),
    record: recordInMemory(),
    sessionExpiryS: 604_800,
    sharedGroup: '',
    handOverMs: 5_000,
    reconnect: { baseMs: 1_000, capMs: 60_000 },
    stableMs: 60_000,
    scheduler,
    random: () => 1,
    report: (event) => reports.push(event),
    ...more,
  });
  session.publishes$.subscribe({
    next: (publish) => taken.push(publish),
    complete: () => {
      completed = true;
    },
  });
  return {
    session,
    logIn: (credentials = login()) => credentials$.next(credentials),
    pass: (ms) => {
      // Time passes even if nothing happens in it.
      scheduler.schedule(() => undefined, ms);
      scheduler.maxFrames = scheduler.now() + ms;
      scheduler.flush();
    },
    connections,
    get latest() {
      const last = connections.at(-1);
      if (last === undefined) throw new Error('there was no connection yet');
      return last;
    },
    taken,
    completed: () => completed,
    reports,
  };
}

/** A session that is connected and subscribed. */
export function servedSession(more: Partial<BrokerSessionDeps> = {}): SessionTest {
  const test = startSession(more);
  test.logIn();
  test.latest.serve();
  return test;
}
