import { isPublish } from './framer.js';
import type { Endpoint } from './segment.js';
import type { Spoken } from './speaker.js';

/** One end of a connection. */
export type Side = 0 | 1;

export const sides = [0, 1] as const;

export const otherSide = (side: Side): Side => (side === 0 ? 1 : 0);

/** Something that one end said. */
export interface Heard {
  readonly side: Side;
  readonly spoken: Spoken;
}

/** What may wait until it is known which side is the broker. */
const maxWaiting = { packets: 1_024, bytes: 1_048_576 };

/** Packets that only a client sends: CONNECT, SUBSCRIBE, UNSUBSCRIBE, PINGREQ (MQTT 5, 2.1.2). */
const ofClient = new Set([0x10, 0x82, 0xa2, 0xc0]);

/** Packets that only a broker sends: CONNACK, SUBACK, UNSUBACK, PINGRESP. */
const ofBroker = new Set([0x20, 0x90, 0xb0, 0xd0]);

/** The ports of brokers (IANA). */
const brokerPorts = new Set([1883, 8883]);

/**
 * Finds out which side of a connection is the broker; keeps what was said until it knows. The client is the side that opens
 * the connection, or sends what only clients send. If neither was captured, the broker is the side at a port of brokers,
 * else the only one that publishes, else that with the lower port.
 */
export class Sides {
  readonly #ends: readonly [Endpoint, Endpoint];
  #broker: Side | undefined;
  #waiting: Heard[] = [];
  #bytes = 0;
  #isGuess = false;

  constructor(ends: readonly [Endpoint, Endpoint]) {
    this.#ends = ends;
    const [isFirst, isSecond] = [brokerPorts.has(ends[0].port), brokerPorts.has(ends[1].port)];
    if (isFirst !== isSecond) this.#broker = isFirst ? 0 : 1;
  }

  /** The side of the broker, by what is known now. */
  get broker(): Side {
    return this.#broker ?? this.#likely();
  }

  /** Whether it was decided without proof, by who publishes or by the ports. */
  get isGuess(): boolean {
    return this.#isGuess;
  }

  /** The number of bytes kept. */
  get waiting(): number {
    return this.#bytes;
  }

  /** Takes what was said; gives all of it that can be understood now. */
  take(heard: Heard): readonly Heard[] {
    if (this.#broker !== undefined) return [heard];
    const { side, spoken } = heard;
    const bytes = 'bytes' in spoken ? spoken.bytes : new Uint8Array();
    // Copied, as it is a view of a whole chunk of the file.
    this.#waiting.push('bytes' in spoken ? { side, spoken: { ...spoken, bytes: bytes.slice() } } : heard);
    this.#bytes += bytes.length;
    const [first = 0] = bytes;
    if (ofClient.has(first)) return this.decide(otherSide(side));
    if (ofBroker.has(first)) return this.decide(side);
    const isTooMuch = this.#waiting.length > maxWaiting.packets || this.#bytes > maxWaiting.bytes;
    return isTooMuch ? this.guess() : [];
  }

  /** It is known which side is the broker. */
  decide(broker: Side): readonly Heard[] {
    this.#broker = broker;
    this.#bytes = 0;
    return this.#waiting.splice(0);
  }

  /** Nothing more will be known. */
  guess(): readonly Heard[] {
    if (this.#broker !== undefined) return [];
    this.#isGuess = this.#waiting.length > 0;
    return this.decide(this.#likely());
  }

  #likely(): Side {
    const [only, ...more] = sides.filter((each) =>
      this.#waiting.some(
        ({ side, spoken }) => side === each && 'bytes' in spoken && isPublish(spoken.bytes[0]),
      ),
    );
    if (only !== undefined && more.length === 0) return only;
    const [one, two] = this.#ends;
    return one.port < two.port ? 0 : 1;
  }
}
