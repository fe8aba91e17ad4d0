import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import { csv } from '../../lib/capture/csv.js';
import { ndjson } from '../../lib/capture/ndjson.js';
import { openCapture } from '../../lib/capture/open.js';
import { pcap } from '../../lib/capture/pcap.js';
import type { CaptureRecord, Importer } from '../../lib/capture/record.js';
import { errorCode } from '../../lib/util/error-code.js';
import { isTime } from '../../lib/util/time.js';
import { allOf, inPieces, withBuffers } from '../../spec/support/captures.js';
import { networks } from '../../spec/support/networks.js';
import { connectBytes, formats, ipPacket, publishBytes } from '../../spec/support/packets.js';
import { Random } from '../random.js';
import { check, type Target } from '../target.js';
import { mutateText } from '../text.js';
import { directory } from './stored.js';

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../spec/fixtures/capture/${name}`, import.meta.url));

const ours = Buffer.from(
  [
    '{"cvmqtt_capture":1,"started_at_ms":1700000000000,"filters":["s2u/cv1/#"]}',
    '{"offset_ms":0,"integrations":[{"name":"int1","integration":{"host":"127.0.0.1","port":6001}}]}',
    '{"offset_ms":1.5,"topic":"s2u/cv1/command","qos":1,"retain":false,"dup":false,"mid":1,"payload":"{}"}',
    '{"offset_ms":2,"topic":"s2u/cv1/command","qos":0,"retain":true,"dup":false,"payload_b64":"/wA=","properties":{"message-expiry-interval":5}}',
    '',
  ].join('\n'),
);
const lines = [
  ours,
  fixture('mosquitto_sub-2.0.11-j.ndjson'),
  fixture('mosquitto_sub-2.0.11-J-mqtt5.ndjson'),
];
const rows = [
  Buffer.from(
    's2u/cv1/command,"{""function"":""int1-a""}",1,False,1795420800.5,0\r\ns2u/cv1/x,/wA=,0,True,1795420801,0.5\r\n',
  ),
];

/** A conversation of a client and a broker, in a file of some format. */
const packets = (random: Random): Buffer => {
  const version = random.pick([4, 6] as const);
  const { linkType, wrap } = random.pick(Object.values(networks));
  const format = random.pick(Object.values(formats));
  const said = [1, 2, 3].map((n) =>
    publishBytes(random.pick([4, 5]), { topic: 's2u/cv1/command', payload: `${n}` }),
  );
  let seq = 901;
  const segments = [
    { from: 'client', seq: 100, flags: ['syn'] },
    { from: 'broker', seq: 900, ack: 101, flags: ['syn'] },
    { from: 'client', seq: 101, ack: 901, data: connectBytes(random.pick([4, 5])) },
    ...said.map((data) => {
      const segment = { from: 'broker', seq, ack: 200, data } as const;
      seq += data.length;
      return segment;
    }),
  ] as const;
  return format(
    linkType,
    segments.map((segment, at) => ({
      timeMs: 1.7e12 + at,
      bytes: wrap(ipPacket(segment, version), version),
    })),
  );
};
const captured = [fixture('tcpdump-any-snaplen-200.pcap'), fixture('tshark-lo.pcapng')];

/** Records that a replay can take: in order, with times, each of a kind that there is. */
const checkRecords = (records: readonly CaptureRecord[]): void => {
  let offsetMs = 0;
  let seq = 0;
  for (const record of records) {
    if (record.kind === 'note') continue;
    if (record.kind === 'broken') {
      check(record.line >= 0 && record.detail !== '', 'what is broken, and why');
      continue;
    }
    if (record.kind === 'start') {
      check(isTime(record.startedAt), 'a time');
      offsetMs = 0;
      continue;
    }
    check(
      record.offsetMs >= offsetMs && record.offsetMs <= 1e14,
      `an offset that does not go back: ${record.offsetMs}`,
    );
    offsetMs = record.offsetMs;
    if (record.kind !== 'publish') continue;
    const { publish } = record;
    check(publish.seq === ++seq, 'publishes that are counted');
    check([0, 1, 2].includes(publish.qos) && isTime(publish.receivedAt), 'a publish');
    check(publish.expiresInMs === undefined || publish.expiresInMs >= 0, 'a lifetime');
  }
};

/** The records of an input, read in pieces in two ways that must not differ. */
const bothWays = (importer: Importer) => async (input: Buffer) => {
  const random = new Random(input.length);
  const cuts = () => Array.from({ length: 4 }, () => random.below(input.length + 1));
  const read = async (where: readonly number[]) => allOf(importer(inPieces(input, where)));
  const records = await read([]);
  checkRecords(records);
  const again = await read(cuts());
  check(isDeepStrictEqual(withBuffers(again), withBuffers(records)), 'the same, however it is cut');
};

/** A broken row takes csv-parse 0.4 ms: 64 KiB of them would take longer than a case may. */
const maxCsv = 8_192;

/** The readers of captures: our own, mosquitto's, csv, packets, and what tells them apart. */
export const captures: readonly Target[] = [
  { name: 'ndjson', make: (random) => random.pick(lines), mutate: mutateText, run: bothWays(ndjson) },
  {
    name: 'csv',
    costly: true,
    make: (random) => random.pick(rows),
    mutate: mutateText,
    run: (input) => bothWays(csv)(input.subarray(0, maxCsv)),
  },
  {
    name: 'pcap',
    make: (random) => (random.chance(0.9) ? packets(random) : random.pick(captured)),
    run: bothWays(pcap),
  },
  {
    name: 'capture file',
    costly: true,
    make: (random) => {
      const content = random.pick([...lines, ...rows, packets(random)]);
      return random.chance(0.5) ? gzipSync(random.chance(0.2) ? gzipSync(content) : content) : content;
    },
    run: async (input) => {
      const path = join(directory(), 'capture');
      await writeFile(path, input);
      try {
        checkRecords(await allOf(openCapture(path)));
      } catch (error) {
        // What is no whole gzip rejects with zlib's word for it.
        if (!errorCode(error)?.startsWith('Z_')) throw error;
      }
    },
  },
];
