import { assert } from 'chai';
import fc from 'fast-check';
import { rawMember } from '../../../../lib/rules/message/raw-member.js';
import { anyText, blank, jsonString, jsonText } from '../../../support/arbitraries.js';

describe('rawMember', () => {
  it('gives the text of a value as it was written', () => {
    assert.equal(rawMember('{"n": 1.0}', 'n'), '1.0');
    assert.equal(rawMember('{"n":12345678901234567890}', 'n'), '12345678901234567890');
    assert.equal(rawMember(' { "a" : [ 1 , {"b":2} ] , "c":null } ', 'a'), '[ 1 , {"b":2} ]');
    assert.equal(rawMember('{"a":"x, }\\"]","b":"\\\\"}', 'a'), '"x, }\\"]"');
    assert.equal(rawMember('{"a":"x, }\\"]","b":"\\\\"}', 'b'), '"\\\\"');
  });

  it('finds members by name, however the name is escaped', () => {
    assert.equal(rawMember('{"b\\u006fdy":1}', 'body'), '1');
    assert.equal(rawMember('{"body\\"":1,"\\\\":2}', '\\'), '2');
  });

  it('takes the last of a duplicate name, as JSON.parse does', () => {
    assert.equal(rawMember('{"a":1,"a":[2],"b":3}', 'a'), '[2]');
  });

  it('is undefined if there is no such member', () => {
    for (const json of ['{}', ' { } ', '{"a":1}', '{"a":{"body":1}}', '{"a":"body","b":["body"]}']) {
      assert.isUndefined(rawMember(json, 'body'), json);
    }
  });

  it('gives the text of any value, among any other members and white space', () => {
    const member = fc.record({
      name: fc.oneof(jsonString(fc.constant('body')), jsonString(anyText)),
      value: jsonText,
      spaces: fc.tuple(blank, blank, blank, blank),
    });
    fc.assert(
      fc.property(blank, fc.array(member, { maxLength: 6 }), (space, members) => {
        const inside = members.map(
          ({ name, value, spaces: [a, b, c, d] }) => `${a}${name}${b}:${c}${value}${d}`,
        );
        const json = `${space}{${inside.length === 0 ? space : inside.join(',')}}${space}`;
        const last = members.findLast(({ name }) => JSON.parse(name) === 'body');
        assert.equal(rawMember(json, 'body'), last?.value);
        if (last !== undefined) assert.deepEqual(JSON.parse(last.value), JSON.parse(json).body);
      }),
      { numRuns: 500 },
    );
  });
});
