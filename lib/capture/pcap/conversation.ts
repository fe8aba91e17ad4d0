import type { IPublishPacket } from 'mqtt-packet';
import { ByteStream, type Sent } from './byte-stream.js';
import { Framer } from './framer.js';
import { publishReader, versionOf } from './publish-packet.js';
import type { Segment } from './segment.js';

/** A publish that the broker sent, or why bytes of the broker can't be read. */
export type Said = { readonly publish: IPublishPacket } | { readonly detail: string };

/** The maximum number of topic aliases of a connection (MQTT 5, 3.3.2.3.4): more would be an attack on memory. */
const maxAliases = 65_535;

/**
 * Reads what a broker sends to a client on one TCP connection. The client is the side that sends CONNECT. If the capture
 * began later, the broker is the side at port 1883, or else at the lower port, and reading starts at a segment that begins
 * with a publish; the same goes after a gap.
 */
export class Conversation {
  #broker = new ByteStream();
  #client = new ByteStream();
  readonly #isBroker: (segment: Segment) => boolean;
  #hello: Framer | undefined;
  #frames: Framer | undefined;
  #read = publishReader(undefined);
  readonly #aliases = new Map<number, string>();
  /** Whether it is known to be MQTT; only then are problems reported. */
  #isMqtt = false;
  #isOver = false;

  /** `first`: the first segment seen of the connection. */
  constructor(first: Segment) {
    const { syn, ack, from, toPort, fromPort } = first;
    const opener = syn ? (ack === undefined ? first.from : first.to) : undefined;
    const isFirstBroker = fromPort === 1883 || (toPort !== 1883 && fromPort < toPort);
    this.#isBroker = (segment) =>
      opener === undefined ? (segment.from === from) === isFirstBroker : segment.from !== opener;
    this.#hello = syn ? new Framer('client') : undefined;
  }

  /** The number of bytes kept. */
  get waiting(): number {
    const frames = (this.#frames?.waiting ?? 0) + (this.#hello?.waiting ?? 0);
    return this.#broker.waiting + this.#client.waiting + frames;
  }

  /** Takes the next segment of the connection. */
  take(segment: Segment): readonly Said[] {
    if (this.#isOver) return [];
    const isBroker = this.#isBroker(segment);
    const [own, other] = isBroker ? [this.#broker, this.#client] : [this.#client, this.#broker];
    // Acknowledged bytes won't be sent again.
    const late = segment.ack === undefined ? [] : other.acknowledged(segment.ack);
    const sent = own.take(segment);
    const said = isBroker
      ? [...this.#heardClient(late), ...this.#heard(sent)]
      : [...this.#heard(late), ...this.#heardClient(sent)];
    if (segment.rst) {
      said.push(...this.ended());
      this.#forget();
    }
    return said;
  }

  /** The connection or the capture has ended. */
  ended(): readonly Said[] {
    return this.#heard(this.#broker.ended());
  }

  #forget(): void {
    this.#isOver = true;
    this.#broker = new ByteStream();
    this.#client = new ByteStream();
    this.#hello = undefined;
    this.#frames = undefined;
    this.#aliases.clear();
  }

  #heardClient(sent: readonly Sent[]): readonly Said[] {
    for (const each of sent) {
      if (this.#hello === undefined) break;
      if (each.kind === 'gap') {
        this.#hello = undefined;
        break;
      }
      const [connect] = this.#hello.take(each.bytes);
      if (connect === undefined) continue;
      this.#hello = undefined;
      const version = connect === 'not MQTT' ? undefined : versionOf(connect);
      if (version === undefined) this.#forget();
      else {
        this.#isMqtt = true;
        this.#read = publishReader(version);
        this.#frames = new Framer('broker');
      }
    }
    return [];
  }

  #heard(sent: readonly Sent[]): readonly Said[] {
    const said: Said[] = [];
    for (const each of sent) {
      if (this.#isOver) break;
      if (each.kind === 'data') said.push(...this.#heardBytes(each.bytes));
      else {
        this.#frames = undefined;
        if (this.#isMqtt) said.push({ detail: `${each.bytes} bytes that the broker sent were not captured` });
      }
    }
    return said;
  }

  #heardBytes(bytes: Uint8Array): readonly Said[] {
    if (this.#frames === undefined && !this.#beginsWithPublish(bytes)) return [];
    this.#frames ??= new Framer('broker');
    const said: Said[] = [];
    for (const frame of this.#frames.take(bytes)) {
      if (frame === 'not MQTT') {
        this.#frames = undefined;
        if (this.#isMqtt) said.push({ detail: 'the broker sent something that is not an MQTT packet' });
      } else if ((frame[0] ?? 0) >> 4 === 3) said.push(this.#publishIn(frame));
    }
    return said;
  }

  #publishIn(frame: Uint8Array): Said {
    const publish = this.#read(frame);
    if (publish === undefined) return { detail: 'a publish is malformed' };
    this.#isMqtt = true;
    const alias = publish.properties?.topicAlias;
    if (alias === undefined) return { publish };
    if (publish.topic !== '') {
      if (this.#aliases.size < maxAliases) this.#aliases.set(alias, publish.topic);
      return { publish };
    }
    const topic = this.#aliases.get(alias);
    return topic === undefined
      ? { detail: 'a publish has a topic alias whose topic was not captured' }
      : { publish: { ...publish, topic } };
  }

  /** Whether a segment seems to begin with a publish, as far as can be read. */
  #beginsWithPublish(bytes: Uint8Array): boolean {
    const [frame] = new Framer('broker').take(bytes);
    if (frame === 'not MQTT' || (bytes[0] ?? 0) >> 4 !== 3) return false;
    if (frame === undefined) return true;
    const publish = this.#read(frame);
    return publish !== undefined && !/[\p{Cc}\ufffd]/u.test(publish.topic);
  }
}
