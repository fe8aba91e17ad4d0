import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { type FileKey, fileFindings } from '../../../lib/check/files.js';
import { type Finding, type Level, verdictOf } from '../../../lib/check/finding.js';

const login = JSON.stringify({ server_uri: 'tcp://broker', username: 'cv1', password: 'the-secret' });

const found = (findings: readonly Finding[]) => findings.map(({ level, code }) => `${level} ${code}`);

describe('fileFindings', () => {
  const texts: readonly (readonly [FileKey, string | undefined, string])[] = [
    ['cvmain', '{}', 'ok file-valid'],
    ['cvmain', '{"local_server":{"bind_addr":7777}}', 'error file-invalid'],
    ['cvmain', '{"local_server":', 'warning file-torn'],
    ['cvmain', undefined, 'error file-absent'],
    ['credentials', login, 'ok file-valid'],
    ['credentials', '{}', 'warning login-absent'],
    ['credentials', login.replace('tcp:', 'http:'), 'error file-invalid'],
    ['credentials', undefined, 'warning file-absent'],
    ['integrations', '[{"name":"int1"}]', 'ok file-valid'],
    ['integrations', '[{"name":1}]', 'error file-invalid'],
    ['integrations', undefined, 'warning file-absent'],
    ['settings', '{"keepalive_s":60}', 'ok file-valid'],
    ['settings', '{"keepalive":60}', 'error settings-invalid'],
    ['settings', '', 'warning file-torn'],
    ['settings', undefined, 'ok file-absent'],
    ['ca', 'no certificate', 'error file-invalid'],
    ['ca', undefined, 'ok file-absent'],
  ];
  for (const [key, text, expected] of texts) {
    it(`finds "${expected}" in ${key}: ${text ?? 'absent'}`, () => {
      const read = text === undefined ? E.left({ reason: 'absent' as const }) : E.right(text);
      expect(found(fileFindings(key, { text: read }))).to.deep.equal([expected]);
    });
  }

  const modes: readonly (readonly [FileKey, number, readonly string[]])[] = [
    ['credentials', 0o100600, []],
    ['credentials', 0o100640, []],
    ['credentials', 0o100644, ['warning file-readable']],
    ['credentials', 0o100666, ['warning file-writable']],
    ['settings', 0o100644, []],
    ['settings', 0o100646, ['warning file-writable']],
  ];
  for (const [key, mode, expected] of modes) {
    it(`finds ${JSON.stringify(expected)} for ${key} with mode ${mode.toString(8)}`, () => {
      const text = E.right(key === 'credentials' ? login : '{}');
      expect(found(fileFindings(key, { text, mode }))).to.deep.equal(['ok file-valid', ...expected]);
    });
  }

  it('names each wrong key and value of the settings', () => {
    const text = E.right('{"keepalive":60,"window_messages":0,"patience_ms":1000,"qos":1}');
    const texts = fileFindings('settings', { text }).map((each) => each.text);
    expect(texts).to.deep.equal([
      'has the unknown field keepalive (did you mean keepalive_s?)',
      'field window_messages: expected a whole number from 1 to 65535, found a number',
      'has the unknown field qos',
    ]);
  });

  it('names each key that is there twice, in each file of JSON', () => {
    const twice = (text: string) => text.replace(/"(\w+)":/, '"$1":null,"$1":');
    const rows: readonly (readonly [FileKey, string, string])[] = [
      ['settings', twice('{"keepalive_s":60}'), 'keepalive_s'],
      ['cvmain', '{"mq":{"msgs_via_notifier":false,"msgs_via_notifier":true}}', 'mq.msgs_via_notifier'],
      ['credentials', twice(login), 'server_uri'],
      ['integrations', '[{"name":"int1"},{"name":"int2","name":"int3"}]', '1.name'],
    ];
    for (const [key, text, name] of rows) {
      const [first, ...more] = fileFindings(key, { text: E.right(text) });
      expect(first?.code, key).to.equal('file-valid');
      expect(found(more), key).to.deep.equal(['warning doubled-key']);
      expect(more[0]?.text).to.equal(`has the key ${name} more than once: the last one counts`);
    }
  });

  it('says what is wrong with settings that are no object', () => {
    for (const text of ['[]', '7', 'null'])
      expect(found(fileFindings('settings', { text: E.right(text) }))).to.deep.equal([
        'error settings-invalid',
      ]);
  });

  it('never repeats a value of the login', () => {
    for (const text of [login, login.slice(0, -1), login.replace('tcp:', 'x:')])
      expect(
        JSON.stringify(fileFindings('credentials', { text: E.right(text), mode: 0o644 })),
      ).to.not.include('the-secret');
  });
});

describe('verdictOf', () => {
  const finding = (level: Level, code = 'some'): Finding => ({ subject: 's', level, code, text: 't' });
  const rows: readonly (readonly [readonly Finding[], string, string])[] = [
    [[], 'good', 'good'],
    [[finding('ok')], 'good', 'good'],
    [[finding('ok'), finding('warning')], 'good', 'failed'],
    [[finding('warning'), finding('error')], 'failed', 'failed'],
    [[finding('error'), finding('error', 'settings-invalid')], 'config', 'config'],
  ];
  for (const [findings, lenient, strict] of rows) {
    it(`is ${lenient}, strictly ${strict}, for ${JSON.stringify(found(findings))}`, () => {
      expect([verdictOf(findings, false), verdictOf(findings, true)]).to.deep.equal([lenient, strict]);
    });
  }
});
