import { plural } from '../../util/plural.js';
import type { Conversation } from './conversation.js';
import type { Said } from './session.js';

/** Which client's messages to read, if a capture has several. */
export interface ClientChoice {
  /** A client id, an address, or an address with a port. */
  readonly client?: string;
  /** The client id of the unit's daemon. */
  readonly daemon?: string;
}

/** A client id at an address. Without CONNECT, one connection. */
interface Client {
  readonly id: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Its latest connection. */
  connection: Conversation;
  /** The number of its first packet. */
  first: number;
  messages: number;
}

/** How many messages are read before a client is chosen; more would not fit in memory. */
const maxKept = { messages: 20_000, bytes: 33_554_432 };

/** How many clients are kept apart; those after them count as one. */
const maxClients = 10_000;

/** How many clients are named; the others are only counted. */
const maxNamed = 5;

/** `cvmqtt-<username>`, but not the ids of `cvmqtt capture`, `tap` and `replay`. */
const isDaemonId = (id: string): boolean => /^cvmqtt-(?!(capture|tap|replay)-[0-9a-f]{8}$)/.test(id);

/**
 * Gives the messages of one client. Reads ahead to know all clients, up to a bound; then takes the one that was asked for, or
 * the daemon, or the one with the most messages.
 */
export class Clients {
  readonly #choice: ClientChoice;
  readonly #known = new Map<string, Client>();
  readonly #ofConnection = new WeakMap<Conversation, Client>();
  #kept: { readonly from: Conversation; readonly said: Said }[] = [];
  #keptBytes = 0;
  #chosen: Client | undefined;
  /** The chosen one, with its connections without CONNECT; undefined before the choice. */
  #taken: Set<Client> | undefined;
  /** How many clients there were at the last note. */
  #noted = 0;

  constructor(choice: ClientChoice) {
    this.#choice = choice;
  }

  /** A connection is MQTT: its client counts, even without messages. */
  met(connection: Conversation): Client {
    const known = this.#ofConnection.get(connection);
    const { clientId: id, client, first } = connection.about;
    if (known !== undefined && known.id === id) return known;
    const { host, port } = client;
    const own = id === undefined ? `${host} ${port}` : `${host} ${id}`;
    const key = this.#known.has(own) || this.#known.size < maxClients ? own : 'further';
    const isNew = !this.#known.has(key);
    const found = this.#known.get(key) ?? { id, host, port, connection, first, messages: 0 };
    this.#ofConnection.set(connection, found);
    if (known !== undefined) this.#rename(known, found);
    found.connection = connection;
    this.#known.set(key, found);
    const isAsked = id !== undefined && id === this.#choice.client;
    const isChosen = this.#chosen !== undefined && this.#sameAs(this.#chosen) === found;
    if (isNew && (isAsked || isChosen)) this.#taken?.add(found);
    return found;
  }

  /** CONNECT came after messages, as the file is out of order: they are of this client. */
  #rename({ host, port, messages }: Client, found: Client): void {
    this.#known.delete(`${host} ${port}`);
    found.messages += messages;
  }

  /** Takes what was said to a client; gives what can be given now. */
  take(from: Conversation, said: Said): readonly Said[] {
    const client = this.met(from);
    if (said.kind === 'publish') client.messages += 1;
    if (this.#taken !== undefined) return this.#taken.has(client) ? [said] : [];
    this.#kept.push({ from, said });
    this.#keptBytes += said.kind === 'publish' ? said.publish.payload.length : 0;
    const isTooMuch = this.#kept.length >= maxKept.messages || this.#keptBytes >= maxKept.bytes;
    return isTooMuch ? this.#choose() : [];
  }

  /** The end of the file: gives the rest. */
  ended(): readonly Said[] {
    return this.#taken === undefined ? this.#choose() : [];
  }

  /** How many clients there are, and which one was chosen: once it is, and at the end if there are more; else undefined. */
  note(): string | undefined {
    if (this.#taken === undefined || this.#noted === this.#known.size) return undefined;
    this.#noted = this.#known.size;
    const { client: asked } = this.#choice;
    const all = this.#clients();
    const chosen = this.#chosen;
    if (chosen === undefined) {
      return asked === undefined || all.length === 0 ? undefined : `no client is ${asked}: ${listed(all)}`;
    }
    const others = all.filter(([client, messages]) => messages > 0 && this.#taken?.has(client) !== true);
    if (others.length === 0 || (asked === undefined && all.length < 2)) return undefined;
    const why = this.#isDaemon(chosen) ? 'the daemon' : 'the busiest';
    return `${listed(all)}: taking ${nameOf(chosen)}${asked === undefined ? `, ${why}; choose with --client` : ''}`;
  }

  /** Whether the client that was asked for is not there. */
  get isMissing(): boolean {
    return this.#taken !== undefined && this.#chosen === undefined && this.#choice.client !== undefined;
  }

  #isDaemon({ id }: Client): boolean {
    const { daemon } = this.#choice;
    return id !== undefined && (daemon === undefined ? isDaemonId(id) : id === daemon);
  }

  /**
   * A connection whose CONNECT was not captured is of the client that connected from the same address after its end, if only
   * one did.
   */
  #sameAs(client: Client): Client {
    if (client.id !== undefined) return client;
    const [next, ...more] = [...this.#known.values()].filter(
      ({ id, host }) => id !== undefined && host === client.host,
    );
    const isAfter = next !== undefined && more.length === 0 && next.first > client.connection.about.last;
    return isAfter ? next : client;
  }

  /** All clients, with the number of messages on all their connections, the busiest first. */
  #clients(): readonly Counted[] {
    const all = new Map<Client, number>();
    for (const client of this.#known.values()) {
      const same = this.#sameAs(client);
      all.set(same, (all.get(same) ?? 0) + client.messages);
    }
    return [...all].sort(([, one], [, other]) => other - one);
  }

  #choose(): readonly Said[] {
    const { client: asked } = this.#choice;
    const all = this.#clients().map(([client]) => client);
    const right = all.filter((each) => asked === undefined || isAsked(each, asked));
    // A single connection may be asked for by its port.
    const one = [...this.#known.values()].find((each) => asked !== undefined && isAsked(each, asked));
    const chosen = right.find((each) => this.#isDaemon(each)) ?? right[0] ?? one;
    // An id that was asked for is one client, wherever it connects from.
    const isTaken = (client: Client): boolean =>
      client === chosen ||
      this.#sameAs(client) === chosen ||
      (client.id !== undefined && client.id === asked);
    const taken = new Set([...this.#known.values()].filter((each) => chosen !== undefined && isTaken(each)));
    this.#chosen = chosen;
    this.#taken = taken;
    const kept = this.#kept.filter(({ from }) => taken.has(this.met(from))).map(({ said }) => said);
    this.#kept = [];
    return kept.sort((one, other) => one.timeMs - other.timeMs);
  }
}

type Counted = readonly [client: Client, messages: number];

const isAsked = ({ id, host, port }: Client, asked: string): boolean => {
  const bare = asked.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return [host, `${host}:${port}`, `[${host}]:${port}`].includes(bare) || id === asked;
};

const nameOf = ({ id, host, port }: Client): string => {
  const address = host.includes(':') ? `[${host}]` : host;
  return id === undefined ? `${address}:${port}` : `${id} (${address})`;
};

const listed = (clients: readonly Counted[]): string => {
  const named = clients
    .slice(0, maxNamed)
    .map(([client, messages]) => `${nameOf(client)} with ${plural(messages, 'message')}`);
  const more = clients.length - named.length;
  return `${plural(clients.length, 'client')}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};
