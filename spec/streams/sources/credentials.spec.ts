import * as E from 'fp-ts/lib/Either.js';
import { credentials } from '../../../streams/sources/credentials.js';
import { fileScript } from '../../support/file-marbles.js';

/** A token without claims. */
const token = (signature: string) => `${btoa('{}')}.${btoa('{}')}.${signature}`;

const text = (fields: object) => E.right(JSON.stringify(fields));
const login = { server_uri: 'mqtts://broker.example', username: 'cv12345', password: token('one') };

/** `a` and `b` are logins, `A` is the first in other words; `n` is none yet, `x` is broken, `o` is no file. */
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
const told = {
  n: 'waiting: the file has no server_uri, username and password yet',
  x: 'file-broken: is not JSON',
};

describe('credentials', () => {
  it('are each login that cvmain writes', () =>
    credentialsIn(({ file, values, reports }) => {
      file('    a---b');
      values('  a---b', logins);
      reports(' -----', told);
    }));

  it('are not repeated where nothing changed but the words', () =>
    credentialsIn(({ file, values }) => {
      file('    a-A-b');
      values('  a---b', logins);
    }));

  it('are waited for on a unit that is not registered yet, which is reported once', () =>
    credentialsIn(({ file, values, reports }) => {
      file('    n--o 999ms -n--a');
      values('  ---- 999ms ----a', logins);
      reports(' n--- 999ms -----', told);
    }));

  it('are waited for also where there is no file, after a second', () =>
    credentialsIn(({ file, values, reports }) => {
      file('    o 999ms --n-a');
      values('  - 999ms ----a', logins);
      reports(' - 999ms n----', told);
    }));

  it('stay in use when they are taken away, silently', () =>
    credentialsIn(({ file, values, reports }) => {
      file('    a-n-o 999ms --b');
      values('  a---- 999ms --b', logins);
      reports(' ----- 999ms ---', told);
    }));

  it('stay in use while the file is broken, which is reported once', () =>
    credentialsIn(({ file, values, reports }) => {
      file('    a-x-x-b');
      values('  a-----b', logins);
      reports(' --x----', told);
    }));
});
