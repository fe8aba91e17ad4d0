import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { parseOptions } from '../../../bin/replay/options.js';
import { topicFilter } from '../../../lib/rules/message/topic-filter.js';

const plain = {
  files: ['day.ndjson'],
  target: { kind: 'dry-run' },
  speed: 'max',
  selection: {},
  loops: 1,
  lines: 'text',
  strict: false,
};

describe('the command line of cvmqtt replay', () => {
  const given = (line: string) => parseOptions(line.split(' ').filter((word) => word !== ''));

  it('defaults to a dry run at full speed', () => expect(given('day.ndjson')).to.deep.equal(E.right(plain)));

  for (const [line, more] of [
    ['--dry-run', {}],
    ['--to-cvmain dir', { target: { kind: 'cvmain', directory: 'dir' } }],
    ['--to-broker mqtt://h -u me', { target: { kind: 'broker', url: 'mqtt://h', username: 'me' } }],
    ['--speed 10x', { speed: 10 }],
    ['--from 90s --to 1h', { selection: { from: { offsetMs: 90_000 }, to: { offsetMs: 3_600_000 } } }],
    ['--from 2026-01-31T06:00:00Z', { selection: { from: { wallMs: Date.UTC(2026, 0, 31, 6) } } }],
    ['--filter s2u/+/x', { selection: { filter: topicFilter('s2u/+/x') } }],
    ['--loop 3', { loops: 3 }],
    ['--config-dir c', { configDirectory: 'c' }],
    ['--integrations i --settings s', { integrationsFile: 'i', settingsFile: 's' }],
    ['--report r.html', { report: { file: 'r.html', kind: 'html' } }],
    ['--report r.svg', { report: { file: 'r.svg', kind: 'svg' } }],
    ['--json', { lines: 'json' }],
    ['--quiet', { lines: 'none' }],
    ['--strict', { strict: true }],
    ['night.pcap -', { files: ['day.ndjson', 'night.pcap', '-'] }],
  ] as const) {
    it(`takes ${line}`, () =>
      expect(given(`day.ndjson ${line}`)).to.deep.equal(E.right({ ...plain, ...more })));
  }

  for (const [line, why] of [
    ['', 'give a capture'],
    ['a --speed fast', 'not a speed'],
    ['a --from noon', 'not a duration'],
    ['a --from 1h --to 90s', '--from must be before --to'],
    ['a --from 90s --to 90s', '--from must be before --to'],
    ['a --from 2026-01-31T06:00:00Z --to 2026-01-31T05:00:00Z', '--from must be before --to'],
    ['a --to 2026-31-31T00:00', 'not a duration'],
    ['a --filter a#', 'not a valid topic filter'],
    ['a --loop 0', '--loop'],
    ['a --loop many', '--loop'],
    ['a - -', 'stdin can be read only once'],
    ['- --against -', 'stdin can be read only once'],
    ['- --loop 2', "stdin can't be read twice"],
    ['a --report out.png', '.html or .svg'],
    ['a --dry-run --to-cvmain d', 'give one of'],
    ['a --to-cvmain d --to-broker b', 'give one of'],
    ['a --to-broker b --report r.html', 'applies no rules'],
    ['a --to-cvmain d --config-dir e', '--config-dir'],
    ['a --unknown', '--unknown'],
  ] as const) {
    it(`refuses "${line}"`, () => {
      const refused = given(line);
      expect(E.isLeft(refused) && refused.left).to.include(why);
    });
  }
});
