import { plural } from '../util/plural.js';
import { type ClientChoice, Clients } from './pcap/clients.js';
import { Connections, type Told } from './pcap/connections.js';
import { OneWay } from './pcap/one-way.js';
import { packetReader } from './pcap/packet-file.js';
import { recordMaker } from './pcap/publish-record.js';
import { SegmentReader } from './pcap/segment.js';
import type { Said } from './pcap/session.js';
import type { FileEntry, FilePacket } from './pcap/step.js';
import { Summary } from './pcap/summary.js';
import type { CaptureRecord, Note, Records } from './record.js';

/**
 * Reads the publishes that brokers sent to one client from a pcap or pcapng file with unencrypted MQTT over TCP or WebSockets.
 * What isn't MQTT is ignored; what is missing or malformed is `broken`, with the packet number as Wireshark counts. Notes
 * say which client was chosen, what only went to a broker, and what was seen where no message was. The first publish
 * is the start.
 */
export async function* pcap(chunks: AsyncIterable<Uint8Array>, choice: ClientChoice = {}): Records {
  const entriesIn = packetReader();
  const capture = new PacketCapture(choice);
  const recordOf = recordMaker();
  const torn: CaptureRecord[] = [];
  const saidIn = (entries: readonly FileEntry[]): readonly Said[] =>
    entries.flatMap((entry) => {
      if (!('detail' in entry)) return capture.take(entry);
      const detail = `${entry.detail}: read up to there`;
      torn.push({ kind: 'broken', line: entry.number, unit: 'packet', detail, isLast: true });
      return [];
    });
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const chunk of chunks) {
      const said = saidIn(entriesIn(chunk));
      // Even if there is none: the consumer may want to stop.
      yield [...capture.choice(), ...said.map(recordOf)];
    }
  } catch (error) {
    // As with damaged gzip: what was read until then waits for the choice of the client.
    failure = { error };
  }
  const rest = [...(failure === undefined ? saidIn(entriesIn(undefined)) : []), ...capture.ended()];
  yield [...capture.choice(), ...rest.map(recordOf), ...torn, ...capture.findings()];
  if (failure !== undefined) throw failure.error;
}

/** What brokers said to one client in the packets of a file. */
class PacketCapture {
  readonly #segments = new SegmentReader();
  readonly #summary = new Summary();
  readonly #oneWay = new OneWay();
  readonly #clients: Clients;
  readonly #connections = new Connections((ended) => {
    this.#summary.connection(ended.about);
    if (ended.about.is === 'MQTT') this.#clients.met(ended);
  });
  #timeMs = 0;

  constructor(choice: ClientChoice) {
    this.#clients = new Clients(choice);
  }

  /** Takes the next packet. */
  take(packet: FilePacket): readonly Said[] {
    const { number, data, length } = packet;
    this.#timeMs = packet.timeMs ?? this.#timeMs;
    this.#summary.packet(data.length < length);
    const told = [...this.#connections.overdue(number)];
    const segment = this.#segments.take(packet);
    if (segment !== undefined && 'what' in segment) this.#summary.notTcp(segment);
    else if (segment !== undefined)
      told.push(...this.#connections.take(segment, { number, timeMs: this.#timeMs }));
    return told.flatMap((each) => this.#received(each));
  }

  /** The end of the file. */
  ended(): readonly Said[] {
    const said = this.#connections.ended().flatMap((each) => this.#received(each));
    return [...said, ...this.#clients.ended()];
  }

  /** Which client was chosen, if that is news. */
  choice(): readonly Note[] {
    const detail = this.#clients.note();
    return detail === undefined ? [] : [{ kind: 'note', detail, isUnread: this.#clients.isMissing }];
  }

  /** What to say about the whole file. */
  findings(): readonly Note[] {
    const only = this.#onlyToBroker();
    const findings = this.#summary.findings(this.#segments.fragmented);
    return [...(only === undefined ? [] : [{ detail: only, isUnread: false }]), ...findings].map(
      (finding): Note => ({ kind: 'note', ...finding }),
    );
  }

  #received({ from, said }: Told): readonly Said[] {
    if (said.kind === 'publish' && said.by === 'client') {
      this.#oneWay.published(said.publish);
      return [];
    }
    if (said.kind === 'publish') this.#oneWay.delivered(said.publish);
    this.#summary.fromBroker(said.kind);
    return this.#clients.take(from, said);
  }

  #onlyToBroker(): string | undefined {
    const { only } = this.#oneWay;
    if (only === undefined) return undefined;
    const topics = `${only.topic}${only.count > 1 ? ' and others' : ''}`;
    return `${plural(only.count, 'message')} only went to the broker, on ${topics}: left out`;
  }
}
