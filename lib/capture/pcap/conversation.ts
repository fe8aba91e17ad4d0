import type { Sent } from './byte-stream.js';
import type { Endpoint, Segment } from './segment.js';
import { type Said, Session } from './session.js';
import { type Heard, otherSide, type Side, Sides, sides } from './sides.js';
import { type Other, Speaker } from './speaker.js';
import type { Moment } from './step.js';

/** What a connection is, as far as is known. */
export interface About {
  readonly client: Endpoint;
  readonly broker: Endpoint;
  /** Undefined if CONNECT was not captured. */
  readonly clientId: string | undefined;
  readonly is: 'MQTT' | Other | 'nothing';
  /** Whether the side of the broker is only a guess. */
  readonly isGuess: boolean;
  /** Whether its beginning was not captured. */
  readonly isFromMiddle: boolean;
  /** Whether the broker sent anything that was captured. */
  readonly hasAnswer: boolean;
  /** The numbers of its first and last packet. */
  readonly first: number;
  readonly last: number;
}

/** A sequence number that is further away is of another connection between the same ports. */
const nearBytes = 1_048_576;

/** Reads what is published on one TCP connection, in both directions. */
export class Conversation {
  readonly #ends: readonly [Endpoint, Endpoint];
  readonly #speakers = [new Speaker(), new Speaker()] as const;
  readonly #hasSpoken = [false, false];
  readonly #sides: Sides;
  readonly #session = new Session(this.#speakers);
  /** The lowest sequence number from each side, but that of SYN. */
  readonly #lowest: [number | undefined, number | undefined] = [undefined, undefined];
  #isReset = false;
  readonly #firstNumber: number;
  #lastNumber: number;

  /** `first`: a segment of the connection. */
  constructor({ from, to }: Segment, { number }: Moment) {
    this.#firstNumber = number;
    this.#lastNumber = number;
    this.#ends = [from, to];
    this.#sides = new Sides(this.#ends);
  }

  /** The number of bytes kept. */
  get waiting(): number {
    return this.#sides.waiting + this.#speakers[0].waiting + this.#speakers[1].waiting;
  }

  /** Whether something is missing that won't come any more, unless the file is out of order. */
  get isStalled(): boolean {
    return this.#speakers.some(({ stream }) => stream.isStalled || (this.#isClosed && stream.waiting > 0));
  }

  /** The packet since which something is missing; undefined unless it is stalled. */
  get stalledSince(): number | undefined {
    const since = this.#speakers.flatMap(({ stream }) => (stream.isStalled ? [stream.missedSince ?? 0] : []));
    if (since.length > 0) return Math.min(...since);
    return this.isStalled ? this.#lastNumber : undefined;
  }

  get about(): About {
    const { broker, isGuess } = this.#sides;
    return {
      broker: this.#ends[broker],
      client: this.#ends[otherSide(broker)],
      clientId: this.#session.clientId,
      is: this.#is(),
      isGuess,
      isFromMiddle: !this.#speakers.some(({ stream }) => stream.isWhole),
      hasAnswer: this.#hasSpoken[broker] === true,
      first: this.#firstNumber,
      last: this.#lastNumber,
    };
  }

  /** Whether a segment between the same ports belongs to another connection. */
  isOfAnother(segment: Segment): boolean {
    const side = this.#sideOf(segment);
    const { stream } = this.#speakers[side];
    const isNear = stream.isNear(segment.seq, nearBytes);
    if (!segment.syn) return this.#isClosed && segment.length > 0 && !isNear;
    if (stream.initial === undefined) return !(isNear && this.#canBeginAt(side, segment.seq));
    return (
      stream.initial !== segment.seq ||
      ((this.#isReset || this.#speakers.some((each) => each.stream.hasEnded)) && segment.ack === undefined)
    );
  }

  /** Takes the next segment of the connection. */
  take(segment: Segment, moment: Moment): readonly Said[] {
    const { syn, ack, rst } = segment;
    this.#lastNumber = moment.number;
    const side = this.#sideOf(segment);
    const [own, peer] = [this.#speakers[side].stream, this.#speakers[otherSide(side)].stream];
    const said: Said[] = [];
    if (syn) said.push(...this.#understood(this.#sides.decide(ack === undefined ? otherSide(side) : side)));
    if (syn && ack !== undefined) said.push(...this.#hear(otherSide(side), peer.beginAt(ack)));
    // Its data, if it has any, says why, and is not part of the stream.
    this.#isReset ||= rst;
    if (rst) return said;
    if (!syn && this.#canBeginAt(side, segment.seq)) this.#lowest[side] = segment.seq;
    if (ack !== undefined) peer.acknowledged(ack, moment);
    return [...said, ...this.#hear(side, own.take(segment, moment))];
  }

  /** Gives up what is stalled. */
  giveUp(): readonly Said[] {
    if (this.#isClosed) return this.ended();
    const said: Said[] = [];
    for (const side of sides) {
      const { stream } = this.#speakers[side];
      while (stream.isStalled) said.push(...this.#hear(side, stream.giveUp()));
    }
    return said;
  }

  /** The connection or the capture has ended. */
  ended(): readonly Said[] {
    const said = sides.flatMap((side) => this.#hear(side, this.#speakers[side].stream.ended()));
    return [...said, ...this.#understood(this.#sides.guess())];
  }

  get #isClosed(): boolean {
    return this.#isReset || this.#speakers.every(({ stream }) => stream.hasEnded);
  }

  /** Whether nothing from this side comes before this sequence number: only there, its SYN can be. */
  #canBeginAt(side: Side, seq: number): boolean {
    const lowest = this.#lowest[side];
    return lowest === undefined || ((lowest - seq) | 0) >= 0;
  }

  #sideOf({ from }: Segment): Side {
    const [{ host, port }] = this.#ends;
    return from.port === port && from.host === host ? 0 : 1;
  }

  #is(): About['is'] {
    const others = this.#speakers.map((speaker) => speaker.other);
    if (this.#session.isMqtt) return others.find((other) => other === 'compressed WebSocket') ?? 'MQTT';
    const known = precedence.find((each) => others.includes(each));
    return known ?? (this.#hasSpoken.includes(true) ? 'another protocol' : 'nothing');
  }

  #hear(side: Side, sent: readonly Sent[]): readonly Said[] {
    if (sent.length === 0) return [];
    this.#hasSpoken[side] = true;
    return this.#speakers[side]
      .hear(sent, this.#session.isMqtt)
      .flatMap((spoken) => this.#understood(this.#sides.take({ side, spoken })));
  }

  #understood(heard: readonly Heard[]): readonly Said[] {
    return heard.flatMap((each) => this.#session.take(each, this.#sides.broker));
  }
}

/** What the two sides say about a connection that isn't MQTT: the first of these counts. */
const precedence: readonly Other[] = ['TLS', 'compressed WebSocket', 'HTTP', 'another protocol'];
