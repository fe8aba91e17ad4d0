import { expect } from 'chai';
import { outagesIn } from '../../../lib/recorder/outages.js';

const start = '{"cvmqtt_capture":1,"started_at_ms":1000,"payloads":"full"}';
const arrived = (offsetMs: number, seq: number): string =>
  `{"seq":${seq},"topic":"s2u/cv12345/command","offset_ms":${offsetMs}}`;
const called = (endedMs: number, seq: number, outcome: string, tookMs = 1): string =>
  `{"offset_ms":${endedMs},"called":{"seq":${seq},"to":null,"outcome":"${outcome}","took_ms":${tookMs}}}`;
const serves = (offsetMs: number, what: 'serves' | 'away'): string =>
  `{"offset_ms":${offsetMs},"cvmain":"${what}"}`;

describe('outages in a flight recorder', () => {
  const examples: readonly (readonly [
    title: string,
    lines: readonly string[],
    outages: readonly string[],
  ])[] = [
    [
      'begin before the message whose call shows it, however late the call began',
      [
        arrived(10, 1),
        called(11, 1, 'accepted'),
        arrived(500, 2),
        called(780, 2, 'away'),
        serves(785, 'away'),
      ],
      ['away 1499'],
    ],
    [
      'begin after the last message whose call was answered, however it was',
      [
        arrived(10, 1),
        arrived(10.5, 2),
        called(12, 1, 'refused'),
        called(13, 2, 'away'),
        serves(20, 'serves'),
      ],
      ['away 1010.001', 'serves 1020'],
    ],
    [
      'are not extended by the messages that wait for the end',
      [
        arrived(10, 1),
        called(12, 1, 'away'),
        arrived(13, 2),
        serves(900, 'serves'),
        called(901, 1, 'accepted'),
        called(902, 2, 'accepted'),
        arrived(990, 3),
        called(992, 3, 'away'),
      ],
      ['away 1009', 'serves 1900', 'away 1989'],
    ],
    [
      'begin with the call if the receipt is not recorded, as with a spooled message',
      [called(300, -4, 'away', 100)],
      ['away 1199'],
    ],
    [
      'may begin before a new connection, whose times count anew',
      [arrived(700, 1), '{"cvmqtt_capture":1,"started_at_ms":2000,"payloads":"full"}', called(10, 1, 'away')],
      ['away 1699'],
    ],
  ];
  for (const [title, lines, outages] of examples)
    it(title, () =>
      expect(
        outagesIn([start, ...lines, '{"torn'].join('\n')).map(
          (outage) => `${outage.serves ? 'serves' : 'away'} ${'wallMs' in outage ? outage.wallMs : '?'}`,
        ),
      ).to.deep.equal(outages),
    );
});
