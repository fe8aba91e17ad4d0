import type { IPublishPacket } from 'mqtt-packet';
import { isPublish } from './framer.js';
import { isWhole } from './plausible.js';
import { assignedIn, connectIn, publishReader } from './publish-packet.js';
import type { Heard, Side } from './sides.js';
import type { Speaker } from './speaker.js';
import type { Moment } from './step.js';

/** A publish, or why something of the broker can't be read. */
export type Said = Moment &
  (
    | { readonly kind: 'publish'; readonly publish: IPublishPacket; readonly by: 'broker' | 'client' }
    | { readonly kind: 'broken'; readonly detail: string }
  );

/** The maximum number of topic aliases of a connection (MQTT 5, 3.3.2.3.4): more would be an attack on memory. */
const maxAliases = 65_535;

/** Reads the MQTT packets of both ends of one connection: the publishes, and what CONNECT and CONNACK say. */
export class Session {
  readonly #speakers: readonly [Speaker, Speaker];
  readonly #aliases = [new Map<number, string>(), new Map<number, string>()] as const;
  #read = publishReader(undefined);
  #hasVersion = false;
  #clientId: string | undefined;
  #isMqtt = false;

  constructor(speakers: readonly [Speaker, Speaker]) {
    this.#speakers = speakers;
  }

  /** Whether it is known to be MQTT; only then are problems reported. */
  get isMqtt(): boolean {
    return this.#isMqtt;
  }

  /** Undefined if neither CONNECT nor CONNACK says it. */
  get clientId(): string | undefined {
    return this.#clientId;
  }

  /** Reads what one end said; `broker` is the side of the broker. */
  take({ side, spoken }: Heard, broker: Side): readonly Said[] {
    const { number, timeMs } = spoken;
    const broken = (detail: string): readonly Said[] =>
      this.#isMqtt && side === broker ? [{ kind: 'broken', number, timeMs, detail }] : [];
    if ('missing' in spoken) {
      const what =
        spoken.missing === 1
          ? '1 byte that the broker sent was'
          : `${spoken.missing} bytes that the broker sent were`;
      return broken(`${what} not captured`);
    }
    if ('isMqtt' in spoken) return broken('the broker sent something that is not an MQTT packet');
    if ('tooLarge' in spoken) return broken(`a packet of ${spoken.tooLarge} bytes is too large to be read`);
    if (!isPublish(spoken.bytes[0])) {
      this.#control(side, spoken.bytes);
      return [];
    }
    const publish = this.#read(spoken.bytes);
    const speaker = this.#speakers[side];
    if (publish === undefined) {
      if (!speaker.isTentative) return broken('a publish is malformed');
      speaker.lose();
      return [];
    }
    this.#isMqtt = true;
    const topic = this.#topicOf(side, publish);
    if (topic === undefined) return broken('a publish has a topic alias whose topic was not captured');
    const by = side === broker ? 'broker' : 'client';
    return [{ kind: 'publish', publish: { ...publish, topic }, by, number, timeMs }];
  }

  #topicOf(side: Side, { topic, properties }: IPublishPacket): string | undefined {
    const alias = properties?.topicAlias;
    if (alias === undefined) return topic;
    const aliases = this.#aliases[side];
    if (topic === '') return aliases.get(alias);
    if (aliases.size < maxAliases) aliases.set(alias, topic);
    return topic;
  }

  #control(side: Side, bytes: Uint8Array): void {
    const speaker = this.#speakers[side];
    if (!isWhole(bytes)) return;
    this.#isMqtt ||= !speaker.isTentative;
    const [first] = bytes;
    if (first === 0x10) {
      const connect = connectIn(bytes);
      if (connect === undefined) return;
      this.#isMqtt = true;
      this.#hasVersion = true;
      this.#read = publishReader(connect.version);
      if (connect.clientId !== '') this.#clientId = connect.clientId;
    } else if (first === 0x20) {
      this.#clientId ??= assignedIn(bytes);
      // CONNACK of 3.1.1 has four bytes; MQTT 5 adds its properties.
      if (!this.#hasVersion) this.#read = publishReader(bytes.length === 4 ? 4 : 5);
    }
  }
}
