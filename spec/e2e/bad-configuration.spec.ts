import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { signToken } from '../../sim/token.js';
import { endingAfterTest, temporaryDirectory } from './support/at-end.js';
import { startCvmqtt } from './support/daemon.js';
import { secret, unitToken, username } from './support/login.js';
import { steeringIn } from './support/unprintable.js';

/** What no line may repeat. */
const password = 'hunter2hunter2';

const login = { server_uri: 'mqtt://127.0.0.1:1883', username, password: unitToken };

/** A directory with one thing wrong, and what the line has to name besides that file. */
interface Case {
  readonly title: string;
  readonly file: string;
  /** The content of the file, or what is done with its path. */
  readonly content: string | object | ((path: string) => Promise<unknown>);
  readonly names: readonly string[];
}

const replaceBy = (make: (path: string) => Promise<unknown>) => async (path: string) => {
  await rm(path, { recursive: true, force: true });
  await make(path);
};

const cases: readonly Case[] = [
  { title: 'no directory', file: '', content: (path) => rm(path, { recursive: true }), names: ['directory'] },
  {
    title: 'a file for a directory',
    file: '',
    content: replaceBy((path) => writeFile(path, '')),
    names: ['directory'],
  },
  {
    title: 'a directory that can not be read',
    file: '',
    content: replaceBy((path) => symlink(path, path)),
    names: ['directory'],
  },
  { title: 'no config.json', file: 'config.json', content: (path) => rm(path), names: ['does not exist'] },
  {
    title: 'a config.json that can not be read',
    file: 'config.json',
    content: replaceBy((path) => symlink(path, path)),
    names: ["can't be read"],
  },
  {
    title: 'a directory for config.json',
    file: 'config.json',
    content: replaceBy((path) => mkdir(path)),
    names: ['is not a file'],
  },
  {
    title: 'broken JSON in config.json',
    file: 'config.json',
    content: '{\n  // comments are fine\n  "mq": }',
    names: ['is not JSON', 'line 3'],
  },
  {
    title: 'a wrong type in config.json',
    file: 'config.json',
    content: { mq: { msgs_via_notifier: 'yes' } },
    names: ['field mq.msgs_via_notifier', 'boolean'],
  },
  {
    title: 'a wrong address in config.json',
    file: 'config.json',
    content: { local_server: { bind_addr: 'here' } },
    names: ['field local_server.bind_addr'],
  },
  {
    title: 'broken JSON in mq.json',
    file: 'mq/mq.json',
    content: `{"password":"${password}"`,
    names: ['is not JSON'],
  },
  {
    title: 'a wrong type in mq.json',
    file: 'mq/mq.json',
    content: { ...login, server_uri: 5, password },
    names: ['field server_uri', 'string'],
  },
  {
    title: 'a scheme that is not known',
    file: 'mq/mq.json',
    content: { ...login, server_uri: 'mqtt+ssl://127.0.0.1' },
    names: ['field server_uri', 'unknown scheme', 'mqtts'],
  },
  {
    title: 'a login in the address',
    file: 'mq/mq.json',
    content: { ...login, server_uri: `mqtt://unit:${password}@127.0.0.1` },
    names: ['field server_uri'],
  },
  {
    title: 'a password that is no JWT',
    file: 'mq/mq.json',
    content: { ...login, password },
    names: ['field password', 'JWT'],
  },
  {
    title: 'a JWT with a filter that is none',
    file: 'mq/mq.json',
    content: { ...login, password: signToken(secret, { acl: { sub: [`${password}#`], pub: [] } }) },
    names: ['field password', 'acl.sub'],
  },
  { title: 'broken JSON in cvmqtt.json', file: 'mq/cvmqtt.json', content: '{', names: ['is not JSON'] },
  {
    title: 'a wrong type in cvmqtt.json',
    file: 'mq/cvmqtt.json',
    content: { window_messages: '256' },
    names: ['field window_messages', 'whole number'],
  },
  {
    title: 'a value out of range in cvmqtt.json',
    file: 'mq/cvmqtt.json',
    content: { keepalive_s: 1 },
    names: ['field keepalive_s', 'from 2'],
  },
  {
    title: 'an unknown field in cvmqtt.json',
    file: 'mq/cvmqtt.json',
    content: { windowMessages: 1 },
    names: ['windowMessages'],
  },
  {
    title: 'a hostile field in cvmqtt.json',
    file: 'mq/cvmqtt.json',
    content: { '\u001b]0;owned\u0007\r\n\u202e\u009b': 1 },
    names: ['unknown field'],
  },
  { title: 'a ca.pem that is no certificate', file: 'mq/ca.pem', content: 'none', names: ['certificate'] },
];

describe('bad configuration ends the daemon with code 78 and one line:', () => {
  const atEnd = endingAfterTest();

  async function homeWith({ file, content }: Case): Promise<string> {
    const home = join(await temporaryDirectory(atEnd), 'home');
    await mkdir(join(home, 'mq'), { recursive: true });
    await writeFile(join(home, 'config.json'), '{}');
    await writeFile(join(home, 'mq', 'mq.json'), JSON.stringify(login));
    const path = join(home, file);
    if (typeof content === 'function') await content(path);
    else await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    return home;
  }

  for (const each of cases) {
    it(each.title, async () => {
      const home = await homeWith(each);
      const child = startCvmqtt(atEnd, ['run', home]);
      expect(await child.exited).to.deep.equal({ code: 78, signal: null });
      const { stdout, stderr } = child.output();
      expect(stdout).to.equal('');
      expect(stderr).to.match(/^cvmqtt: [^\n]+; [^\n]+\n$/);
      for (const name of [join(home, each.file), ...each.names]) expect(stderr).to.contain(name);
      expect(stderr).not.to.contain(password);
      expect(stderr).not.to.contain(unitToken);
      expect(steeringIn(stderr)).to.deep.equal([]);
    });
  }
});
