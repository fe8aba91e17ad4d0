import { assert } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { parseIntegrations } from '../../../../lib/rules/routing/integrations.js';
import { anyText, jsonText } from '../../../support/arbitraries.js';

const parsed = (json: unknown): unknown =>
  pipe(
    parseIntegrations(typeof json === 'string' ? json : JSON.stringify(json)),
    E.matchW(
      (problem) => problem,
      (set) => [...set.values()],
    ),
  );

const addressOf = (host: string, port: number): unknown =>
  pipe(
    parseIntegrations(JSON.stringify([{ name: 'int1', integration: { host, port } }])),
    E.matchW(
      (problem) => problem,
      (set) => set.get('int1')?.address,
    ),
  );

describe('parseIntegrations', () => {
  it('reads names and addresses', () => {
    assert.deepEqual(
      parsed([{ name: 'int1', integration: { host: '127.0.0.1', port: 6001 } }, { name: 'vg:upgrader' }]),
      [{ name: 'int1', address: { host: '127.0.0.1', port: 6001 } }, { name: 'vg:upgrader' }],
    );
  });

  it('accepts names that mean something to JavaScript', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    assert.deepEqual(
      parsed(names.map((name) => ({ name }))),
      names.map((name) => ({ name })),
    );
    assert.deepEqual(parsed('[{"name":"int1","__proto__":{"integration":{"host":"h","port":1}}}]'), [
      { name: 'int1' },
    ]);
  });

  it('ignores an invalid port', () => {
    for (const port of ['1e999', '-1', '0.5', '65536', '1e300'])
      assert.deepEqual(parsed(`[{"name":"int1","integration":{"host":"h","port":${port}}}]`), [
        { name: 'int1' },
      ]);
  });

  it('may be empty', () => assert.deepEqual(parsed([]), []));

  it('accepts missing fields, as protobuf’s mapping leaves out default values', () => {
    for (const integration of [null, {}, { host: '', port: 0 }, { host: '10.0.0.1' }, { port: 6001 }]) {
      assert.deepEqual(parsed([{ name: 'int1', integration }]), [{ name: 'int1' }]);
    }
  });

  it('uses the last registration of a name', () => {
    assert.deepEqual(
      parsed([{ name: 'int1', integration: { host: 'old', port: 1 } }, { name: 'int2' }, { name: 'int1' }]),
      [{ name: 'int1' }, { name: 'int2' }],
    );
  });

  it('ignores unknown fields', () =>
    assert.deepEqual(parsed([{ name: 'int1', since: 'today', integration: { tls: true } }]), [
      { name: 'int1' },
    ]));

  it('ignores an address that can’t be sent to', () => {
    for (const port of [0, -1, 65_536, 1.5]) assert.isUndefined(addressOf('127.0.0.1', port), `${port}`);
    for (const host of ['', 'a b', 'a:1', 'a/b', '[::1]', 'a\n', 'x'.repeat(256), 'ü']) {
      assert.isUndefined(addressOf(host, 6001), host);
    }
    for (const host of ['127.0.0.1', 'localhost', '::1', 'fe80::1', 'my-app.local', 'my_app']) {
      assert.deepEqual(addressOf(host, 65_535), { host, port: 65_535 });
    }
  });

  it('says what is wrong without quoting the text', () => {
    assert.equal(parsed(''), 'is not JSON');
    assert.equal(parsed('[{"name":"int1"}'), 'is not JSON');
    assert.equal(parsed({}), 'expected an array of registrations, found an object');
    assert.equal(parsed([{}]), 'field 0.name: expected a name, found nothing');
    assert.equal(parsed([{ name: 'int1' }, { name: '' }]), 'field 1.name: expected a name, found a string');
    assert.equal(
      parsed([{ name: 'int1', integration: { port: 'secret' } }]),
      'field 0.integration.port: expected number, found a string',
    );
  });

  it('never throws, whatever the text', () => {
    const near = fc.array(
      fc.record(
        {
          name: fc.oneof(anyText, fc.jsonValue()),
          integration: fc.oneof(
            fc.record(
              {
                host: fc.oneof(anyText, fc.ipV4(), fc.ipV6(), fc.domain(), fc.jsonValue()),
                port: fc.oneof(fc.integer(), fc.double(), fc.jsonValue()),
              },
              { requiredKeys: [] },
            ),
            fc.jsonValue(),
          ),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          jsonText,
          near.map((json) => JSON.stringify(json)),
        ),
        (text) => {
          const set = parseIntegrations(text);
          if (E.isLeft(set)) assert.isNotEmpty(set.left);
          else for (const [name, integration] of set.right) assert.equal(integration.name, name);
        },
      ),
      { numRuns: 500 },
    );
  });
});
