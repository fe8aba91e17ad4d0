import { expect } from 'chai';
import { nearest } from '../../../lib/util/nearest.js';

const known = ['keepalive_s', 'hold_unregistered_ms', 'window_bytes'];

describe('nearest', () => {
  for (const [word, found] of [
    ['keepalive', 'keepalive_s'],
    ['keep_alive_s', 'keepalive_s'],
    ['KEEPALIVE_S', undefined],
    ['window_byte', 'window_bytes'],
    ['hold_unregistred_ms', 'hold_unregistered_ms'],
    ['password', undefined],
    ['', undefined],
    ['x'.repeat(1_000_000), undefined],
  ] as const)
    it(`of ${word.slice(0, 20) || 'nothing'} is ${found ?? 'none'}`, () => {
      expect(nearest(word, known)).to.equal(found);
    });
});
