import { rules } from '../../../support/marbles.js';
import { endingInDetail } from '../../../support/shorthand.js';

describe('deliver: a call that failed', () => {
  it('is made again, after waits that double up to a cap', () =>
    rules(({ given, publishes, cvmain, calls, settlements }) => {
      given({ retry: { baseMs: 1, capMs: 4 } });
      publishes('  -a---------------|', { a: 'int1-open' });
      cvmain({
        a: [
          '         ~                ',
          '          ~               ',
          '            ~             ',
          '                ~         ',
          '                    +     ',
        ],
      });
      calls({
        a: [
          '        -(^!)             ',
          '        --(^!)            ',
          '        ----(^!)          ',
          '        --------(^!)      ',
          '        ------------(^!)  ',
        ],
      });
      settlements('------------a----|', { a: 'notified, 5 calls, 11 ms' }, endingInDetail);
    }));

  it('waits a random part of the wait', () =>
    rules(({ given, publishes, cvmain, calls, settlements }) => {
      given({ retry: { baseMs: 4, capMs: 100 }, random: () => 0.5 });
      publishes('  a-------|', { a: 'int1-open' });
      cvmain({ a: ['~', '~'] });
      calls({ a: ['(^!)', '--(^!)', '------(^!)'] });
      settlements('------a-|');
    }));

  it('starts with short waits again at the next message', () =>
    rules(({ given, publishes, cvmain, settlements }) => {
      given({ retry: { baseMs: 1, capMs: 100 } });
      publishes('  ab--------|', { a: 'int1-a', b: 'int1-b' });
      cvmain({ a: ['~', '~', '~'], b: '~' });
      settlements('-------ab-|');
    }));

  it('does not hold up other integrations while cvmain serves', () =>
    rules(({ given, publishes, cvmain, probes, settlements }) => {
      given({ retry: { baseMs: 6, capMs: 6 } });
      publishes('  ab------|', { a: 'int1-a', b: 'int2-b' });
      cvmain({ a: '~        ' });
      probes();
      settlements('-b----a-|');
    }));

  it('is not retried if it was refused', () =>
    rules(({ publishes, cvmain, calls, settlements }) => {
      publishes('  a---|', { a: 'int1-open' });
      cvmain({ a: 'x' });
      calls({ a: '(^!)' });
      settlements('a---|', { a: 'refused, 1 calls, 0 ms' }, endingInDetail);
    }));

  it('includes the reason of the refusal', () =>
    rules(({ publishes, cvmain, settlements }) => {
      publishes('  a---|', { a: 'int1-open' });
      cvmain({ a: 'x' });
      settlements('a---|', { a: 'refused by the test' }, (each) => ('detail' in each ? each.detail : ''));
    }));
});
