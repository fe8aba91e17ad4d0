import * as E from 'fp-ts/lib/Either.js';
import { integrations } from '../../../streams/sources/integrations.js';
import { fileScript } from '../../support/file-marbles.js';

const text = (...registrations: readonly object[]) => E.right(JSON.stringify(registrations));

/** `a` registers int1, `A` the same as another text, `b` and `c` int1 and int2, `d` one with a dash; `x` is broken, `o` absent. */
const integrationsIn = fileScript({
  contents: {
    a: text({ name: 'int1' }),
    A: text({ name: 'int1', integration: null }),
    b: text({ name: 'int1' }, { name: 'int2', integration: { host: '10.0.0.2', port: 6002 } }),
    c: text({ name: 'int1' }, { name: 'int2', integration: { host: '10.0.0.3', port: 6002 } }),
    d: text({ name: 'my-app' }, { name: 'int1' }),
    e: text(),
    x: E.right('[{"name":"int1"'),
    o: E.left({ reason: 'absent' }),
  },
  stream: integrations,
  show: (set) =>
    [...set]
      .map(([name, { address }]) => (address === undefined ? name : `${name}@${address.host}`))
      .join(' '),
});

const sets = { a: 'int1', b: 'int1 int2@10.0.0.2', c: 'int1 int2@10.0.0.3', d: 'my-app int1', e: '', o: '' };
const events = {
  a: 'integrations: ',
  b: 'integrations: ',
  c: 'integrations: ',
  d: 'integrations: my-app',
  o: 'integrations: ',
  x: 'file-broken: is not JSON',
};

describe('integrations: the live set', () => {
  it('follows the file, and reports each change', () =>
    integrationsIn(({ file, values, reports }) => {
      file('    a---b-c-a');
      values('  a---b-c-a', sets);
      reports(' a---b-c-a', events);
    }));

  it('is not repeated if only the text changed', () =>
    integrationsIn(({ file, values, reports }) => {
      file('    a-A-b');
      values('  a---b', sets);
      reports(' a---b', events);
    }));

  it('is not assumed to be empty before the file is known or good', () =>
    integrationsIn(({ file, values, reports }) => {
      file('    --x---a');
      values('  ------a', sets);
      reports(' --x---a', events);
    }));

  it('stays as it was while the file is broken, with one warning each time', () =>
    integrationsIn(({ file, values, reports }) => {
      file('    a-x-x-b-x');
      values('  a-----b--', sets);
      reports(' a-x---b-x', events);
    }));

  it('is not repeated after a break that changed nothing', () =>
    integrationsIn(({ file, values, reports }) => {
      file('    a-x-a');
      values('  a----', sets);
      reports(' a-x--', events);
    }));

  it('is empty if the file is empty, or has been missing for a second', () =>
    integrationsIn(({ file, values }) => {
      file('    a-e-a-o 999ms --');
      values('  a-e-a-- 999ms o-', sets);
    }));

  it('names integrations with a dash, which can never receive anything', () =>
    integrationsIn(({ file, values, reports }) => {
      file('    d-a');
      values('  d-a', sets);
      reports(' d-a', events);
    }));
});
