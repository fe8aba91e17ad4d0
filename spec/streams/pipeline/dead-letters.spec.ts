import { rules } from '../../support/marbles.js';

describe('pipeline: dead letters', () => {
  it('are stored before the settlement is emitted, so that nothing is acknowledged too early', () =>
    rules(({ publishes, stores, writes, settlements }) => {
      publishes('  -a------|', { a: 'vg:upgrader-x' });
      stores({ a: ' ---(s|)  ' });
      writes({ a: '-^--!     ' });
      settlements('----a---|', { a: 'reserved-name' });
    }));

  it('are stored for every reason, undecodable too', () =>
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

  it('are not stored for what was notified', () =>
    rules(({ publishes, writes, settlements }) => {
      publishes('  -a-|', { a: 'int1-a' });
      writes({ a: [] });
      settlements('-a-|');
    }));

  it('do not hold up others while they are written, not even of their own integration', () =>
    rules(({ publishes, cvmain, stores, settlements }) => {
      publishes('  abc-------|', { a: 'int1-a', b: 'int1-b', c: 'int2-c' });
      cvmain({ a: 'x          ' });
      stores({ a: '------(s|) ' });
      settlements('-bc---a---|', { a: 'refused' });
    }));

  it('are written to the end after a stop', () =>
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
