import { expect } from 'chai';
import fc from 'fast-check';
import { formatAddress, parseAddress } from '../../sim/address.js';
import { rightOf } from '../support/either.js';

describe('address', () => {
  it('is parsed from its notation', () => {
    const address = fc.record({
      host: fc.oneof(fc.ipV4(), fc.domain(), fc.constant('localhost')),
      port: fc.integer({ min: 0, max: 65535 }),
    });
    fc.assert(
      fc.property(address, (a) => {
        expect(rightOf(parseAddress(formatAddress(a)))).to.deep.equal(a);
      }),
    );
  });

  it('has a host and a port in range, or is invalid', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z.:]{0,4}:?\d{0,6}$/)), (text) => {
        const address = parseAddress(text);
        if (address._tag === 'Left') return;
        expect(address.right.host).to.match(/^[\w.-]+$/);
        expect(address.right.port).to.be.within(0, 65535);
      }),
      { numRuns: 1000 },
    );
  });

  for (const text of ['', ':1', 'a:', 'a', 'a:65536', 'a:-1', 'a:1x', 'a:1:2', ' a:1', 'a:1\n', '[::1]:1'])
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(parseAddress(text)._tag).to.equal('Left');
    });
});
