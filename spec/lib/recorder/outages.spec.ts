import { expect } from 'chai';
import { RecordedCalls } from '../../../lib/recorder/outages.js';

const start = '{"cvmqtt_capture":1,"started_at_ms":1000,"filters":[],"payloads":"full"}';
const arrived = (offsetMs: number, seq: number): string =>
  `{"seq":${seq},"topic":"s2u/cv12345/command","qos":1,"retain":false,"offset_ms":${offsetMs},"payload":""}`;
const called = (endedMs: number, seq: number, outcome: string, tookMs = 1): string =>
  `{"offset_ms":${endedMs},"called":{"seq":${seq},"to":null,"outcome":"${outcome}","took_ms":${tookMs}}}`;
const serves = (offsetMs: number, what: 'serves' | 'away'): string =>
  `{"offset_ms":${offsetMs},"cvmain":"${what}"}`;

const outagesIn = (files: readonly (readonly string[])[]): readonly string[] => {
  const calls = new RecordedCalls();
  for (const lines of files) {
    calls.nextFile();
    for (const line of lines) calls.take(line);
  }
  return calls.outages.map(
    ({ serves, offsetMs }) => `${serves ? 'serves' : 'away'} ${Math.round(offsetMs * 1_000) / 1_000}`,
  );
};

describe('outages in a flight recorder', () => {
  it('begin before a message whose line is in the file before', () =>
    expect(
      outagesIn([
        [start, arrived(700, 1)],
        [start.replace('1000', '1900'), called(10, 1, 'away')],
      ]),
    ).to.deep.equal(['away 699']));

  it('are placed by the uptime after a step of the clock, as the messages are', () => {
    const at = (wallMs: number, uptimeMs: number): string =>
      start.replace('1000', `${wallMs},"boot":"b","uptime_ms":${uptimeMs}`);
    expect(
      outagesIn([
        [at(1_000, 50), arrived(1, 1), called(2, 1, 'accepted')],
        [at(1_795_427_463_694, 1_050), arrived(10, 2), called(11, 2, 'away'), serves(30, 'serves')],
      ]),
    ).to.deep.equal(['away 1009', 'serves 1030']);
  });

  it('do not take a message of another process for one of this', () => {
    const starting = '{"offset_ms":0,"event":"starting","message":"x"}';
    expect(
      outagesIn([
        [start, arrived(10, 1), called(11, 1, 'accepted')],
        [start.replace('1000', '2000'), starting, called(400, 1, 'away', 50)],
      ]),
    ).to.deep.equal(['away 1349']);
  });

  it('last as long as cvmain answers no call, though it is said to serve', () =>
    expect(
      outagesIn([
        [
          start,
          serves(0, 'serves'),
          arrived(10, 1),
          called(12, 1, 'away'),
          arrived(13, 2),
          serves(900, 'serves'),
          called(950, 2, 'away'),
          serves(951, 'away'),
          serves(2_000, 'serves'),
          called(2_001, 1, 'accepted'),
        ],
      ]),
    ).to.deep.equal(['serves 0', 'away 9', 'serves 2000']));

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
      ['away 499'],
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
      ['away 10.001', 'serves 20'],
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
      ['away 9', 'serves 900', 'away 989'],
    ],
    [
      'begin with the call if the receipt is not recorded, as with a spooled message',
      [called(300, -4, 'away', 100)],
      ['away 199'],
    ],
    [
      'may begin before a new connection, whose times count anew',
      [
        arrived(700, 1),
        '{"cvmqtt_capture":1,"started_at_ms":2000,"filters":[],"payloads":"full"}',
        called(10, 1, 'away'),
      ],
      ['away 699'],
    ],
  ];
  for (const [title, lines, outages] of examples)
    it(title, () => expect(outagesIn([[start, ...lines, '{"torn']])).to.deep.equal(outages));
});
