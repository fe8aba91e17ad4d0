import { resolve } from 'node:path';
import { expect } from 'chai';
import { stateDirectoryOf } from '../../bin/state-directory.js';

describe('stateDirectoryOf', () => {
  const rows: readonly (readonly [string, string | undefined, string | undefined, string])[] = [
    ['the fallback if nothing is given', undefined, undefined, '/etc/cvmain/mq/cvmqtt'],
    ['the one that systemd made', undefined, '/var/lib/cvmqtt', '/var/lib/cvmqtt'],
    ['the first one of several', undefined, '/var/lib/cvmqtt:/var/lib/other', '/var/lib/cvmqtt'],
    ['the fallback if systemd’s is empty', undefined, '', '/etc/cvmain/mq/cvmqtt'],
    ['the fallback if all of systemd’s are empty', undefined, '::', '/etc/cvmain/mq/cvmqtt'],
    ['the first one that is not empty', undefined, ':/var/lib/cvmqtt', '/var/lib/cvmqtt'],
    ['the option, if given', '/tmp/a:b', '/var/lib/cvmqtt', '/tmp/a:b'],
    ['systemd’s if the option is empty', '', '/var/lib/cvmqtt', '/var/lib/cvmqtt'],
    ['an absolute path for a relative one', 'state', undefined, resolve('state')],
  ];
  for (const [title, option, given, expected] of rows) {
    it(`is ${title}`, () => {
      const environment = given === undefined ? {} : { STATE_DIRECTORY: given };
      expect(stateDirectoryOf(option, environment, '/etc/cvmain/mq/cvmqtt')).to.equal(expected);
    });
  }
});
