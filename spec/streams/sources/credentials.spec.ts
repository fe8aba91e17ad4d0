import * as E from 'fp-ts/lib/Either.js';
import { credentials } from '../../../streams/sources/credentials.js';
import { fileScript } from '../../support/file-marbles.js';

/** A token without claims. */
const token = (signature: string) => `${btoa('{}')}.${btoa('{}')}.${signature}`;

const text = (fields: object) => E.right(JSON.stringify(fields));
const login = { server_uri: 'mqtts://broker.example', username: 'cv12345', password: token('one') };

/** `a` and `b` are logins, `A` is the first as another text; `n` has none yet, `x` is broken, `o` is a missing file. */
const credentialsIn = fileScript({
  contents: {
    a: text(login),
    A: text({ ...login, server_uri: 'mqtts://broker.example:8883', change_date: 'now' }),
    b: text({ ...login, password: token('two') }),
    n: text({ ...login, password: '' }),
    x: E.right('{'),
    o: E.left({ reason: 'absent' }),
  },
  stream: credentials,
  show: ({ password }) => (password === token('one') ? 'the first token' : 'the second token'),
});

const logins = { a: 'the first token', b: 'the second token' };
const events = {
  n: 'waiting: the file has no server_uri, username and password yet',
  x: 'file-broken: is not JSON',
};

describe('credentials', () => {
  it('emits each login that cvmain writes', () =>
    credentialsIn(({ file, values, reports }) => {
      file('    a---b');
      values('  a---b', logins);
      reports(' -----', events);
    }));

  it('does not repeat a login if only the text changed', () =>
    credentialsIn(({ file, values }) => {
      file('    a-A-b');
      values('  a---b', logins);
    }));

  it('waits on a unit that is not registered yet, and reports that once', () =>
    credentialsIn(({ file, values, reports }) => {
      file('    n--o 999ms -n--a');
      values('  ---- 999ms ----a', logins);
      reports(' n--- 999ms -----', events);
    }));

  it('waits if there is no file, after a second', () =>
    credentialsIn(({ file, values, reports }) => {
      file('    o 999ms --n-a');
      values('  - 999ms ----a', logins);
      reports(' - 999ms n----', events);
    }));

  it('keeps the login silently when the file is removed', () =>
    credentialsIn(({ file, values, reports }) => {
      file('    a-n-o 999ms --b');
      values('  a---- 999ms --b', logins);
      reports(' ----- 999ms ---', events);
    }));

  it('keeps the login while the file is broken, and reports that once', () =>
    credentialsIn(({ file, values, reports }) => {
      file('    a-x-x-b');
      values('  a-----b', logins);
      reports(' --x----', events);
    }));
});
