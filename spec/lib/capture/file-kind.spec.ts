import { expect } from 'chai';
import { kindOf } from '../../../lib/capture/file-kind.js';

const detailOf = (text: string): string | undefined => kindOf(Buffer.from(text, 'latin1'))?.detail;

describe('the kind of a file that is no capture', () => {
  for (const [name, content, detail] of [
    ['zip', 'PK\x03\x04\x14\0', /zip archive/],
    ['snoop', 'snoop\0\0\0\0\0\0\x02', /snoop: convert it with editcap/],
    ['a program', '\x7fELF\x02', /program/],
    ['noise', 'ab\0\x01\x02', /not known/],
    ['mosquitto_sub -v', 's2u/cv1/command {"function":"int1-a, b"}\ns2u/cv1/x y\n', /mosquitto_sub -v/],
    ['EMQX', '2023-05-25T14:53:42+00:00 [MQTT] c1@127.0.0.1:5 msg: mqtt_packet_received, packet: P', /EMQX/],
    ['MQTT Explorer', '{"ConnectionManager_connections":{"a":{}}}', /MQTT Explorer/],
    ['an array', '[{"topic":"a","payload":"x"}]', /one JSON document/],
    ['a document of several lines', '{\n  "topic": "a"\n}\n', /one JSON document/],
    ['XML of tshark', '<?xml version="1.0"?>\n<pdml version="0">', /tshark/],
    ['HTML', '<!DOCTYPE html><html>', /HTML/],
    ['a log', '[2023-05-25T14:53:42] [INFO] connected\n', /a log/],
    [
      'the log of the daemon',
      '{"time":"2026-11-23T09:34:46Z","level":"info","event":"settled"}\n',
      /--outages/,
    ],
    ['prose', 'this is\nno capture\nat all\n', /no known format/],
  ] as const) {
    it(`is found: ${name}`, () => expect(detailOf(content)).to.match(detail));
  }

  it('is not found for what can be read', () => {
    for (const content of [
      '',
      '\n\n',
      '{"topic":"a/b","qos":0,"payload":{"clientId":"x","messages":[1]}}\n',
      '\n{broken\n{"topic":"a"}\n',
      'a/b,"{""x"":1}",1,False,1795420800.5,0.0\r\n',
      'a/b with space,x,1,False,1795420800.5,0.0\n',
      `a/b,"${'x'.repeat(5_000)}`,
    ])
      expect(detailOf(content), content.slice(0, 40)).to.equal(undefined);
  });
});
