import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { openCapture } from '../../lib/capture/open.js';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { runToEnd } from '../rig/child.js';
import { itWith } from '../rig/programs.js';
import { allOf } from '../support/captures.js';
import { networks } from '../support/networks.js';
import { connectBytes, formats, ipPacket, type MadeSegment, publishBytes } from '../support/packets.js';

const connect = connectBytes(4);

/** A connection on which one message is sent to a client. */
const segmentsWith = (topic: string): readonly MadeSegment[] => [
  { from: 'client', seq: 100, flags: ['syn'] },
  { from: 'broker', seq: 900, ack: 101, flags: ['syn'] },
  { from: 'client', seq: 101, ack: 901, data: connect },
  { from: 'broker', seq: 901, ack: 101 + connect.length, data: Buffer.from('20020000', 'hex') },
  { from: 'broker', seq: 905, ack: 101 + connect.length, data: publishBytes(4, { topic }) },
];

describe('packet captures, compared with tshark', () => {
  const atEnd = endingAfterTest();

  itWith('tshark')('all networks: the messages that it finds, and no others', async () => {
    const directory = await temporaryDirectory(atEnd);
    const write = formats['pcap, little-endian, µs'] ?? (() => Buffer.alloc(0));
    const linkTypes = [...new Set(Object.values(networks).map(({ linkType }) => linkType))];
    for (const linkType of linkTypes) {
      const file = join(directory, `${linkType}.pcap`);
      const of = Object.entries(networks).filter(([, network]) => network.linkType === linkType);
      const packets = of.flatMap(([name, { wrap }], at) =>
        segmentsWith(name).map((segment) => wrap(ipPacket(segment, 4, { client: 50_000 + at }), 4)),
      );
      await writeFile(
        file,
        write(
          linkType,
          packets.map((bytes, at) => ({ timeMs: 1.7e12 + at, bytes })),
        ),
      );
      const fields = ['-Y', 'mqtt.msgtype==3', '-T', 'fields', '-e', 'mqtt.topic'];
      const { stdout } = runToEnd('tshark', ['-r', file, ...fields]);
      const ours = await allOf(openCapture(file, undefined, { client: 'c' }));
      const topics = ours.flatMap((record) => (record.kind === 'publish' ? [record.publish.topic] : []));
      // It takes a pseudowire only where a label is bound to it.
      const known = topics.filter((topic) => !topic.startsWith('MPLS pseudowire'));
      expect(known).to.deep.equal(stdout.split('\n').filter((topic) => topic !== ''));
      expect(topics).to.deep.equal(of.map(([name]) => name));
    }
  });
});
