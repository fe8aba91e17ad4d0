import { plural } from '../../util/plural.js';
import type { About } from './conversation.js';
import type { Seen } from './layer.js';
import { endpointText } from './segment.js';

/** At most this many kinds of packets are told apart. */
const maxKinds = 32;

/** Ports at which TLS is likely to be MQTT, or MQTT over a WebSocket. */
const secureMqttPorts = new Set([8883, 8084, 8886]);

/** Ports at which another protocol is unlikely. */
const mqttPorts = new Set([1883, ...secureMqttPorts]);

const advice = 'record on the unit, with cvmqtt capture';

interface Connections {
  count: number;
  /** The broker's end of the first one. */
  readonly to: string;
  atSecureMqttPort: boolean;
}

/** Something to say about a whole file. `isUnread`: nothing in it could be read. */
export interface Finding {
  readonly detail: string;
  readonly isUnread: boolean;
}

/** Counts what is in a packet capture, to say what was seen where there is no message. */
export class Summary {
  #packets = 0;
  #cut = 0;
  #received = 0;
  #broken = 0;
  #unanswered = 0;
  /** Connections to a port of brokers, from their middle, in which nothing was understood, and the broker's end of the first one. */
  #unclear = { count: 0, to: '' };
  #guess: string | undefined;
  readonly #seen = new Map<string, { readonly mayHide: boolean; packets: number }>();
  readonly #connections = new Map<About['is'], Connections>();

  /** A packet; `isCut`: not all of it was captured. */
  packet(isCut: boolean): void {
    this.#packets += 1;
    if (isCut) this.#cut += 1;
  }

  /** A packet that is not TCP. */
  notTcp({ what, mayHide }: Seen): void {
    const kind = this.#seen.has(what) || this.#seen.size < maxKinds ? what : 'other kinds';
    const { packets } = this.#seen.get(kind) ?? { packets: 0 };
    this.#seen.set(kind, { mayHide, packets: packets + 1 });
  }

  /** What a broker sent: a message, or something that can't be read. */
  fromBroker(kind: 'publish' | 'broken'): void {
    if (kind === 'publish') this.#received += 1;
    else this.#broken += 1;
  }

  /** A connection, at its end. */
  connection({ is, broker, isGuess, hasAnswer, isFromMiddle }: About): void {
    const to = endpointText(broker);
    if (is === 'another protocol' && isFromMiddle && mqttPorts.has(broker.port)) {
      this.#unclear = { count: this.#unclear.count + 1, to: this.#unclear.to || to };
      return;
    }
    const known = this.#connections.get(is) ?? { count: 0, to, atSecureMqttPort: false };
    known.count += 1;
    known.atSecureMqttPort ||= secureMqttPorts.has(broker.port);
    this.#connections.set(is, known);
    if (is === 'MQTT' && !hasAnswer) this.#unanswered += 1;
    if (is === 'MQTT' && isGuess) this.#guess ??= to;
  }

  /** What to say at the end of the file. `fragmented`: how many IP packets have fragments missing. */
  findings(fragmented: number): readonly Finding[] {
    const found: Finding[] = [];
    const say = (detail: string, isUnread = false): void => void found.push({ detail, isUnread });
    if (this.#received === 0)
      say(`no message to a client in it: ${this.#whatElse(fragmented)}`, this.#isUnread(fragmented));
    else {
      if (this.#connections.get('TLS')?.atSecureMqttPort) say(this.#said('TLS') ?? '');
      const compressed = this.#said('compressed WebSocket');
      if (compressed !== undefined) say(compressed);
    }
    if (this.#broken > 0 && this.#cut > 0)
      say(
        `${this.#cut === 1 ? '1 packet was' : `${this.#cut} packets were`} cut by the recorder: record whole packets, as tcpdump -s 0 does`,
      );
    if (this.#guess !== undefined)
      say(`${this.#guess} is taken for the broker: the capture does not show which side it is`);
    return found;
  }

  #isUnread(fragmented: number): boolean {
    const mqtt = this.#connections.get('MQTT')?.count ?? 0;
    if (mqtt > 0) return mqtt === this.#unanswered || this.#broken > 0;
    const isHidden = [...this.#seen.values()].some(({ mayHide }) => mayHide);
    return (
      isHidden ||
      this.#unclear.count > 0 ||
      fragmented > 0 ||
      this.#connections.has('TLS') ||
      this.#connections.has('compressed WebSocket')
    );
  }

  #whatElse(fragmented: number): string {
    if (this.#packets === 0) return 'there is no packet in it';
    const mqtt = this.#connections.get('MQTT');
    const parts = [
      mqtt &&
        `${plural(mqtt.count, 'connection')} to ${mqtt.to} with MQTT${this.#unanswered > 0 ? ', without what the broker sent' : ''}`,
      this.#said('TLS'),
      this.#said('compressed WebSocket'),
      this.#unclear.count > 0 &&
        `${plural(this.#unclear.count, 'connection')} to ${this.#unclear.to}, in which no MQTT packet was found`,
      fragmented > 0 && `${plural(fragmented, 'IP packet')} with missing fragments`,
      ...[...this.#seen]
        .filter(([, { mayHide }]) => mayHide)
        .map(
          ([what, { packets }]) => `${plural(packets, 'packet')} of ${what}, which is not read: ${advice}`,
        ),
      this.#rest(),
    ];
    const said = parts.filter((part) => typeof part === 'string');
    return said.length === 0 ? plural(this.#packets, 'packet') : said.join('; ');
  }

  /** What can't have MQTT in it. */
  #rest(): string | false {
    const others = (['HTTP', 'another protocol', 'nothing'] as const)
      .map((is) => this.#connections.get(is)?.count ?? 0)
      .reduce((sum, count) => sum + count, 0);
    const connections = others > 0 ? [`${plural(others, 'TCP connection')} without MQTT`] : [];
    const packets = [...this.#seen]
      .filter(([, { mayHide }]) => !mayHide)
      .map(([what, { packets: count }]) => `${plural(count, 'packet')} of ${what}`);
    return [...connections, ...packets].join(', ') || false;
  }

  #said(is: 'TLS' | 'compressed WebSocket'): string | undefined {
    const found = this.#connections.get(is);
    if (found === undefined) return undefined;
    const where = `${plural(found.count, 'connection')} to ${found.to}${found.count > 1 ? ' and others' : ''}`;
    const what = is === 'TLS' ? 'encrypted (TLS)' : 'compressed (WebSocket with permessage-deflate)';
    return `${where} ${found.count === 1 ? 'is' : 'are'} ${what}: ${advice}`;
  }
}
