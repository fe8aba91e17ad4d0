import { expect } from 'chai';
import { cutAt, readAll, streamOf } from '../../../support/broker-bytes.js';

type Case = readonly [detail: string, version: 4 | 5, bytes: string];

const utf8 = (text: string): string => Buffer.from(text).toString('hex');

/** After CONNACK. */
const later: readonly Case[] = [
  ['PUBREL of 1 byte', 4, '620123'],
  ['PUBREL of 1 byte', 5, '620123'],
  ['a malformed PUBREL', 4, '62020000'],
  ['PUBREL with the flags 0 [MQTT-2.1.3-1]', 4, '60020001'],
  ['a PUBLISH of QoS 1 without a packet id [MQTT-2.2.1-3]', 4, '3206000161000078'],
  ['a PUBLISH of QoS 2 without a packet id [MQTT-2.2.1-3]', 5, '340600016100000078'],
  ['a PUBLISH that is shorter than its fields', 4, '3203000161'],
  ['a PUBLISH that is shorter than its fields', 5, '3003000161'],
  ['a PUBLISH that is shorter than its fields', 5, '3005000161fe01'],
  ['a PUBLISH that is shorter than its fields', 5, '3008000161ffffffff7f'],
  ['a PUBLISH of QoS 3 [MQTT-3.3.1-4]', 4, '3605000161000178'],
  ['a PUBLISH with an empty topic', 4, '3003000078'],
  ['a PUBLISH with an empty topic', 5, '300400000078'],
  ['a PUBLISH with a wildcard in its topic', 4, `300500${'03'}${utf8('a/#')}`],
  ['a PUBLISH with a wildcard in its topic', 5, `300600${'03'}${utf8('+/a')}00`],
  ['a PUBLISH with a NUL in its topic', 4, '30040002610078'],
  ['a PUBLISH with a topic alias, though none was offered [MQTT-3.3.2-9]', 5, '30060000032300' + '01'],
  ['a PUBLISH with a topic alias, though none was offered [MQTT-3.3.2-9]', 5, '3007000161032300' + '00'],
  ['a PUBLISH with malformed properties', 5, '3006000161027f00'],
  ['a PUBLISH with malformed properties', 5, '300700016103020001'],
  ['PUBLISH of 1 byte', 4, '300100'],
  ['a second CONNACK [MQTT-3.2.0-2]', 4, '20020000'],
  ['a packet of type 0, which no client may receive', 4, '0000'],
  ['CONNECT, which no client may receive', 4, '1000'],
  ['SUBSCRIBE, which no client may receive', 5, '8200'],
  ['UNSUBSCRIBE, which no client may receive', 4, 'a200'],
  ['PINGREQ, which no client may receive', 4, 'c000'],
  ['AUTH, which no client may receive', 5, 'f000'],
  ['AUTH, which no client may receive', 4, 'f000'],
  ['DISCONNECT, which no client may receive', 4, 'e000'],
  ['PINGRESP of 1 byte', 4, 'd00100'],
  ['PINGRESP with the flags 1 [MQTT-2.1.3-1]', 4, 'd100'],
  ['SUBACK of 2 bytes', 4, '90020001'],
  ['a malformed SUBACK', 4, '9003000001'],
  ['a malformed SUBACK', 5, '900400010901'],
  ['a malformed UNSUBACK', 4, 'b0020000'],
  ['a malformed PUBACK', 4, '40020000'],
  ['PUBACK of 3 bytes', 4, '4003000100'],
  ['PUBACK of 131073 bytes', 5, '40818008'],
  ['SUBACK of 268435455 bytes', 5, '90ffffff7f'],
  ['a remaining length of more than four bytes [MQTT-1.5.5]', 4, '30ffffffff01'],
];

/** In place of CONNACK. */
const first: readonly Case[] = [
  ['PUBLISH before CONNACK [MQTT-3.2.0-1]', 4, '3004000161'],
  ['PUBREL before CONNACK [MQTT-3.2.0-1]', 5, '62020001'],
  ['SUBACK before CONNACK [MQTT-3.2.0-1]', 4, '9003000101'],
  ['PINGRESP before CONNACK [MQTT-3.2.0-1]', 4, 'd000'],
  ['PUBACK before CONNACK [MQTT-3.2.0-1]', 4, utf8('HTTP/1.1 400 Bad Request')],
  ['CONNACK of 3 bytes', 4, '2003000000'],
  ['CONNACK of 1 byte', 5, '200100'],
  ['a malformed CONNACK', 4, '20020200'],
  ['a malformed CONNACK', 5, '200400000111'],
  ['a malformed CONNACK', 5, '200400000501'],
];

describe('a packet that no broker may send', () => {
  for (const [cases, when, before] of [
    [first, 'in place of CONNACK', (): Buffer => Buffer.alloc(0)],
    [later, 'later', (version: 4 | 5): Buffer => streamOf(version, [])],
  ] as const)
    for (const [detail, version, hex] of cases)
      it(`is reported in these words, ${when}, in version ${version}: ${detail} (${hex.slice(0, 20)})`, () => {
        const bytes = Buffer.concat([before(version), Buffer.from(hex, 'hex')]);
        const everyByte = cutAt(bytes, 'every byte');
        for (const pieces of [[bytes], everyByte])
          expect(readAll(version, pieces).at(-1)).to.deep.equal({ kind: 'malformed', detail });
      });

  const fine: readonly (readonly [what: string, version: 4 | 5, bytes: string, kind: string])[] = [
    ['a topic that is not UTF-8', 5, '30050002c32800', 'publish'],
    ['DUP with QoS 0', 4, '3803000161', 'publish'],
    ['a remaining length in more bytes than necessary', 4, 'd08000', 'pingresp'],
    ['PUBACK of something that was never sent', 4, '40020001', 'puback'],
    ['CONNACK without properties, in version 5', 5, '', 'connack'],
    ['PUBREL with a reason and properties', 5, '620400019200', 'pubrel'],
  ];
  for (const [what, version, hex, kind] of fine)
    it(`is not ${what}`, () => {
      const bytes = Buffer.concat([streamOf(version, []), Buffer.from(hex, 'hex')]);
      expect(readAll(version, [bytes]).at(-1)).to.have.property('kind', kind);
    });
});
