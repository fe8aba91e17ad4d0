import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { type Packet, parser } from 'mqtt-packet';
import type { ConnectionOptions } from '../../../lib/broker/connection-options.js';
import { connect, disconnect, pingreq, subscribe, unsubscribe } from '../../../lib/broker/write-packet.js';
import { rightOf } from '../../sim/support/either.js';
import { versions } from '../../support/broker-bytes.js';

/** What mqtt-packet reads in bytes. */
const read = (bytes: Buffer, protocolVersion: 4 | 5): Packet => {
  const packets: Packet[] = [];
  const reader = parser({ protocolVersion });
  reader.on('packet', (packet) => packets.push(packet));
  reader.on('error', (error) => {
    throw error;
  });
  expect(reader.parse(bytes), 'bytes left').to.equal(0);
  const [packet] = packets;
  if (packet === undefined || packets.length > 1) throw new Error('is no packet, or several');
  return packet;
};

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 });

const options = (more: Partial<ConnectionOptions> = {}): ConnectionOptions => ({
  address: { protocol: 'mqtt', host: 'broker', port: 1883, path: '/' },
  clientId: 'cvmqtt-cv12345',
  username: 'cv12345',
  password: 'secret',
  protocolVersion: 5,
  keepaliveS: 60,
  sessionExpiryS: 100,
  receiveMaximum: 20,
  ...more,
});

describe('packets that are sent', () => {
  for (const version of versions) {
    it(`CONNECT is what mqtt-packet reads, in version ${version}`, () => {
      const any = fc.record({
        clientId: text,
        username: fc.oneof(text, fc.constant('')),
        password: text,
        keepaliveS: fc.nat(65_535),
        sessionExpiryS: fc.nat(0xffffffff),
        receiveMaximum: fc.integer({ min: 1, max: 65_535 }),
      });
      fc.assert(
        fc.property(any, (given) => {
          const { clientId, username, password, keepaliveS, sessionExpiryS, receiveMaximum } = given;
          const bytes = rightOf(connect(options({ ...given, protocolVersion: version })));
          const login = username === '' ? {} : { username, password: Buffer.from(password) };
          const properties = {
            sessionExpiryInterval: sessionExpiryS,
            receiveMaximum,
            maximumPacketSize: 1_048_576,
          };
          const {
            length: _,
            payload: __,
            qos: ___,
            dup: ____,
            retain: _____,
            topic: ______,
            ...packet
          } = {
            payload: null,
            topic: null,
            ...JSON.parse(JSON.stringify(read(bytes, version))),
          };
          expect(packet).to.deep.equal(
            JSON.parse(
              JSON.stringify({
                cmd: 'connect',
                protocolId: 'MQTT',
                protocolVersion: version,
                clean: sessionExpiryS === 0,
                clientId,
                keepalive: keepaliveS,
                ...login,
                ...(version === 5 ? { properties } : {}),
              }),
            ),
          );
        }),
      );
    });

    it(`SUBSCRIBE and UNSUBSCRIBE are what mqtt-packet reads, in version ${version}`, () => {
      const asked = fc.tuple(
        fc.integer({ min: 1, max: 65_535 }),
        fc.array(text, { minLength: 1, maxLength: 300 }),
        fc.constantFrom<0 | 1>(0, 1),
      );
      fc.assert(
        fc.property(asked, ([packetId, filters, qos]) => {
          const handling = version === 5 ? { nl: false, rap: false, rh: 1 } : {};
          expect(read(subscribe(packetId, filters, qos, version), version)).to.deep.include({
            cmd: 'subscribe',
            messageId: packetId,
            subscriptions: filters.map((topic) => ({ topic, qos, ...handling })),
          });
          expect(read(unsubscribe(packetId, filters, version), version)).to.deep.include({
            cmd: 'unsubscribe',
            messageId: packetId,
            unsubscriptions: filters,
          });
        }),
        { numRuns: 50 },
      );
    });

    it(`PINGREQ and DISCONNECT are two bytes, in version ${version}`, () => {
      expect(read(pingreq, version)).to.include({ cmd: 'pingreq' });
      expect(read(disconnect, version)).to.include({ cmd: 'disconnect' });
    });
  }

  it('CONNECT is none where a field is too long, which is named and not repeated', () => {
    const long = 'secret'.repeat(20_000);
    for (const field of ['clientId', 'username', 'password'] as const)
      expect(connect(options({ [field]: long }))).to.deep.equal(
        E.left(`the ${field} has more than 65,535 bytes`),
      );
  });
});
