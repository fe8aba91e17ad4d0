import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { startCvmqtt } from '../rig/daemon.js';
import { unitToken, username } from '../rig/login.js';
import { steeringIn } from '../rig/unprintable.js';

const login = { server_uri: 'mqtt://127.0.0.1:1883', username, password: unitToken };

/** A directory with one mistake, and what the line has to name besides the file. */
interface Case {
  readonly title: string;
  readonly file: string;
  /** The content of the file, or what is done with its path. */
  readonly content: string | object | ((path: string) => Promise<unknown>);
  readonly names: readonly string[];
}

const cases: readonly Case[] = [
  {
    title: 'a directory for cvmqtt.json',
    file: 'mq/cvmqtt.json',
    content: (path) => mkdir(path),
    names: ['is not a file'],
  },
  {
    title: 'broken JSON in cvmqtt.json',
    file: 'mq/cvmqtt.json',
    content: '{"keepalive_s" 60}',
    names: ['is not JSON'],
  },
  {
    title: '__proto__ in cvmqtt.json',
    file: 'mq/cvmqtt.json',
    content: '{"__proto__": {"keepalive_s": 9}}',
    names: ['unknown field __proto__'],
  },
  {
    title: 'an invalid number in cvmqtt.json',
    file: 'mq/cvmqtt.json',
    content: '{"keepalive_s": 1e999}',
    names: ['field keepalive_s', 'whole number'],
  },
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
];

describe('a mistake that only a person can correct ends the daemon with code 78 and one line:', () => {
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
      expect(stderr).not.to.contain(unitToken);
      expect(steeringIn(stderr)).to.deep.equal([]);
    });
  }
});
