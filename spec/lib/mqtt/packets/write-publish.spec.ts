import { expect } from 'chai';
import fc from 'fast-check';
import { type Packet, parser } from 'mqtt-packet';
import { publishPacket } from '../../../../lib/mqtt/packets/write-publish.js';

const parsed = (bytes: Buffer, protocolVersion: 4 | 5): readonly Packet[] => {
  const packets: Packet[] = [];
  const reader = parser({ protocolVersion });
  reader.on('packet', (packet: Packet) => packets.push(packet));
  reader.parse(bytes);
  return packets;
};

const text = fc.string({ unit: 'binary' }).map((any) => any.toWellFormed());

describe('publishPacket', () => {
  for (const version of [4, 5] as const)
    it(`is what another implementation reads, MQTT ${version}`, () =>
      fc.assert(
        fc.property(
          fc.record({
            topic: text.map((any) => `a${any.replace(/[+#\0]/g, '')}`),
            payload: fc.oneof(
              text,
              fc.nat(300_000).map((length) => 'x'.repeat(length)),
            ),
            retain: fc.boolean(),
            correlationData: fc.uint8Array({ maxLength: 600 }),
          }),
          fc.integer({ min: 1, max: 65_535 }),
          fc.boolean(),
          (message, messageId, dup) => {
            const { topic, payload, retain, correlationData } = message;
            const packets = parsed(publishPacket(message, messageId, dup, version), version);
            expect(packets).to.have.length(1);
            expect(packets[0]).to.deep.include({ cmd: 'publish', topic, qos: 1, messageId, dup, retain });
            expect(packets[0]).to.have.property('payload').that.deep.equals(Buffer.from(payload));
            if (version === 4) expect(packets[0]).to.not.have.property('properties');
            else
              expect(packets[0]).to.have.deep.property('properties', {
                payloadFormatIndicator: true,
                contentType: 'application/json',
                correlationData: Buffer.from(correlationData),
              });
          },
        ),
      ));

  it('has no correlation data if there is none', () => {
    const bytes = publishPacket({ topic: 'a', payload: '{}', retain: false }, 1, false, 5);
    expect(parsed(bytes, 5)[0]).to.have.property('properties').that.does.not.have.property('correlationData');
  });
});
