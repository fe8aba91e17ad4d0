import { expect } from 'chai';
import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { orderIn, orderOf, rawOrder } from '../../../bin/send/order.js';

const problem = (order: E.Either<string, unknown>): string | undefined =>
  E.isLeft(order) ? order.left : undefined;

describe('a message of cvmqtt send', () => {
  it('is the envelope of the platform, on the unit’s topic', () => {
    const envelope = { function: 'int1-open', body: '{"a":1}', timeout: 5_000 };
    expect(orderOf('cv1', envelope)).to.deep.equal(
      E.right({ name: 'int1-open', topic: 's2u/cv1/command', payload: JSON.stringify(envelope) }),
    );
  });

  it('keeps to the platform’s limits, whatever is given', () => {
    const envelopes = fc.record({
      function: fc.string({ unit: 'binary', maxLength: 80 }),
      body: fc.string({ unit: 'grapheme', maxLength: 600 }),
      timeout: fc.oneof(fc.integer({ min: -10, max: 70_000 }), fc.constantFrom(100, 60_000, Number.NaN)),
    });
    fc.assert(
      fc.property(envelopes, (envelope) => {
        const { function: name, body, timeout } = envelope;
        const isFine =
          /^[^-]+-.+$/s.test(name) && [...body].length <= 512 && timeout >= 100 && timeout <= 60_000;
        expect(E.isRight(orderOf('cv1', envelope))).to.equal(isFine);
      }),
    );
  });

  it('says what will surprise its sender, and is sent all the same', () => {
    const warningOf = (envelope: { readonly function: string; readonly body?: string }) => {
      const order = orderOf('cv1', envelope);
      return E.isRight(order) ? order.right.warning : undefined;
    };
    expect(warningOf({ function: 'int1-x', body: '[1,' })).to.contain('not valid');
    expect(warningOf({ function: 'int1-x', body: 'text' })).to.equal(undefined);
    expect(warningOf({ function: 'vg:int1-x' })).to.contain('reserved');
  });

  it('blames the shell for broken JSON only if it has no double quotes', () => {
    const warningOf = (body: string) => {
      const order = orderOf('cv1', { function: 'int1-x', body });
      return E.isRight(order) ? order.right.warning : undefined;
    };
    expect(warningOf('{a:1}')).to.contain('shell');
    expect(warningOf('{"a":1,}')).to.contain('not valid').and.not.to.contain('shell');
  });

  it('may be a line of a file', () => {
    expect(E.isRight(orderIn('cv1', '{"function":"int1-x"}\r'))).to.equal(true);
    expect(problem(orderIn('cv1', '{"function":'))).to.be.a('string');
    expect(problem(orderIn('cv1', '{"function":1}'))).to.contain('function');
    expect(problem(orderIn('cv1', '{"function":"x-y","body":{}}'))).to.contain('body');
    expect(problem(orderIn('cv1', '{"function":"x-y","bdy":"a"}'))).to.contain('"bdy"; did you mean body?');
    expect(problem(orderIn('cv1', '{"function":"x-y","toString":1}'))).to.contain('unknown field "toString"');
  });

  it('may be any payload, on a topic of this unit alone', () => {
    expect(E.isRight(rawOrder('cv1', 's2u/cv1/a/b', '{'))).to.equal(true);
    for (const topic of ['s2u/cv2/command', 's2u/cv1/', 's2u/cv1', 's2u/cv1/+', 's2u/cv1/#', 'u2s/cv1/x'])
      expect(problem(rawOrder('cv1', topic, '')), topic).to.be.a('string');
    const topic = (length: number): string => `s2u/cv1/${'ü'.repeat((length - 8) / 2)}`;
    expect(problem(rawOrder('cv1', topic(65_534), ''))).to.equal(undefined);
    expect(problem(rawOrder('cv1', topic(65_536), ''))).to.contain('has 65536 bytes; MQTT takes at most');
  });
});
