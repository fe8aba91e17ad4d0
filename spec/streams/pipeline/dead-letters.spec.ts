import { rules } from '../../support/marbles.js';

describe('pipeline: dead letters', () => {
  it('are stored before the settlement is emitted, so that no acknowledgement is early', () =>
    rules(({ publishes, stores, writes, settlements }) => {
      publishes('  -a------|', { a: 'vg:upgrader-x' });
      stores({ a: ' ---(s|)  ' });
      writes({ a: '-^--!     ' });
      settlements('----a---|', { a: 'reserved-name' });
    }));

  it('are stored for every reason, including undecodable', () =>
    rules(({ publishes, cvmain, stores, writes, settlements }) => {
      publishes('  -ab-----|', { a: { topic: 's2u/cv12345' }, b: 'int1-b' });
      cvmain({ b: '  -x      ' });
      stores({
        a: '        ---(s|)  ',
        b: '          --(s|) ',
      });
      writes({
        a: '       -^--!     ',
        b: '       ---^-!    ',
      });
      settlements('----ab--|', { a: 'undecodable', b: 'refused' });
    }));

  it('are not stored for notified messages', () =>
    rules(({ publishes, writes, settlements }) => {
      publishes('  -a-|', { a: 'int1-a' });
      writes({ a: [] });
      settlements('-a-|');
    }));

  it('do not hold up other messages while they are written, not even of the same integration', () =>
    rules(({ publishes, cvmain, stores, settlements }) => {
      publishes('  abc-------|', { a: 'int1-a', b: 'int1-b', c: 'int2-c' });
      cvmain({ a: 'x          ' });
      stores({ a: '------(s|) ' });
      settlements('-bc---a---|', { a: 'refused' });
    }));

  it('are written completely after a stop', () =>
    rules(({ publishes, cvmain, stores, stops, settlements }) => {
      publishes('  a---------', { a: 'int1-a' });
      cvmain({ a: '--x        ' });
      stores({ a: '  ----(s|) ' });
      stops('      ---s------');
      settlements('------(a|)', { a: 'refused' });
    }));

  it('stop on unsubscribe', () =>
    rules(({ publishes, stores, writes, unsubscribes, settlements }) => {
      publishes('    a-------', { a: 'nodash' });
      stores({ a: '   ----(s|) ' });
      writes({ a: '   ^-!      ' });
      unsubscribes(' ^-!      ');
      settlements('  ---      ');
    }));
});
