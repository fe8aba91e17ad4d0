import { createHash } from 'node:crypto';
import type { IPublishPacket } from 'mqtt-packet';

/** How many different messages are remembered in each direction. */
const maxRemembered = 50_000;

/** Finds the messages that went to a broker, and from it to nobody in the capture. */
export class OneWay {
  readonly #toBroker = new Map<string, string>();
  readonly #fromBroker = new Set<string>();

  /** A client sent it. */
  published(publish: IPublishPacket): void {
    if (this.#toBroker.size < maxRemembered) this.#toBroker.set(keyOf(publish), publish.topic);
  }

  /** A broker sent it. */
  delivered(publish: IPublishPacket): void {
    if (this.#fromBroker.size < maxRemembered) this.#fromBroker.add(keyOf(publish));
  }

  /** How many different messages only went to the broker, and the topic of the first one. */
  get only(): { readonly count: number; readonly topic: string } | undefined {
    const topics = [...this.#toBroker]
      .filter(([key]) => !this.#fromBroker.has(key))
      .map(([, topic]) => topic);
    const [topic] = topics;
    return topic === undefined ? undefined : { count: topics.length, topic };
  }
}

const keyOf = ({ topic, payload }: IPublishPacket): string =>
  createHash('sha1').update(topic).update('\0').update(payload).digest('base64');
