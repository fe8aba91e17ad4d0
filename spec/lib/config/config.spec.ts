import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { expect } from 'chai';
import { readConfig, settingsProblem } from '../../../lib/config/config.js';
import { type Layout, layout } from '../../../lib/config/layout.js';
import { problemLine } from '../../../lib/config/problem.js';
import { defaultSettings } from '../../../lib/config/settings.js';
import { cleanup, temporaryDirectory } from '../../support/cleanup.js';
import { leftOf, rightOf } from '../../support/either.js';
import { jwt } from '../../support/jwt.js';

const pem = rootCertificates[0] ?? '';

describe('readConfig', () => {
  const atEnd = cleanup();

  /** A configuration directory with these files, and `config.json` unless given otherwise. */
  const directory = async (files: Partial<Record<keyof Layout, string>> = {}): Promise<Layout> => {
    const { root, ...paths } = layout(await temporaryDirectory(atEnd));
    const contents = Object.entries({ cvmain: '{}', ...files });
    for (const [file, content] of contents) {
      const path = Object.entries(paths).find(([name]) => name === file)?.[1] ?? root;
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
    return { root, ...paths };
  };

  describe('reads the directory', () => {
    it('with config.json only, and defaults for the rest', async () => {
      const files = await directory();
      expect(rightOf(await readConfig(files.root))).to.deep.equal({
        layout: files,
        cvmain: { address: '127.0.0.1:7777', viaNotifier: true, toExternal: false },
        settings: defaultSettings,
      });
    });

    it('with all of its files', async () => {
      const files = await directory({
        cvmain: '{"local_server": {"bind_addr": "0.0.0.0:7000"}} // hub',
        settings: '{"keepalive_s": 30}',
        ca: pem,
        credentials: JSON.stringify({ server_uri: 'mqtt://b', username: 'cv1', password: jwt({}) }),
      });
      expect(rightOf(await readConfig(files.root))).to.deep.equal({
        layout: files,
        cvmain: { address: '127.0.0.1:7000', viaNotifier: true, toExternal: false },
        settings: { ...defaultSettings, keepalive_s: 30 },
        ca: pem,
      });
    });

    it('with several certificates', async () => {
      const ca = rootCertificates.slice(0, 3).join('\n');
      const { root } = await directory({ ca: `# of the vendor\n${ca}` });
      expect(rightOf(await readConfig(root))).to.have.property('ca', `# of the vendor\n${ca}`);
    });

    it('of a unit that is not registered yet', async () => {
      const { root } = await directory({ credentials: '{"server_uri": "", "username": "", "password": ""}' });
      rightOf(await readConfig(root));
    });
  });

  describe('names the file and what to do', () => {
    const line = async (root: string) => problemLine(leftOf(await readConfig(root)));

    it('without a directory', async () => {
      const { root } = await directory();
      expect(await line(join(root, 'none'))).to.equal(
        `${join(root, 'none')}: is not a readable directory; give cvmain's configuration directory`,
      );
    });

    it('with a file in place of the directory', async () => {
      const { cvmain } = await directory();
      expect(await line(cvmain)).to.include(`${cvmain}: is not a readable directory`);
    });

    it('without config.json', async () => {
      const { root, cvmain } = await directory();
      await rm(cvmain);
      expect(await line(root)).to.equal(
        `${cvmain}: does not exist; check that ${root} is cvmain's configuration directory`,
      );
    });

    const fix = 'correct it and start again';
    const broken: readonly [keyof Layout, string, string][] = [
      ['cvmain', '{', 'is not JSON, line 1'],
      ['cvmain', '{"mq": 5}', 'field mq: expected an object, found a number'],
      [
        'settings',
        '{"keepalive_s": 1}',
        'field keepalive_s: expected a whole number from 2 to 65535, found a number',
      ],
      ['settings', '{"keepalive": 60}', 'has the unknown field keepalive (did you mean keepalive_s?)'],
      ['ca', '', 'is not a certificate in PEM form'],
      ['ca', 's3cret', 'is not a certificate in PEM form'],
      ['ca', `${pem}\n${pem.replace('MII', 's3cret')}`, 'is not a certificate in PEM form'],
      ['ca', `${pem}\n${pem.slice(0, 100)}`, 'is not a certificate in PEM form'],
    ];
    for (const [file, content, detail] of broken) {
      it(`if ${file} ${detail}`, async () => {
        const files = await directory({ [file]: content });
        expect(await line(files.root)).to.equal(`${files[file]}: ${detail}; ${fix}`);
      });
    }

    for (const file of ['cvmain', 'settings', 'ca'] as const) {
      it(`if ${file} is a directory`, async () => {
        const files = await directory();
        await rm(files[file], { force: true });
        await mkdir(files[file], { recursive: true });
        expect(await line(files.root)).to.equal(`${files[file]}: is not a file; make it a readable file`);
      });
    }
  });

  it('needs read permission only', async () => {
    const { root } = await directory();
    await chmod(root, 0o500);
    atEnd(() => chmod(root, 0o700));
    rightOf(await readConfig(root));
  });

  describe('settingsProblem', () => {
    const problemIn = async (settings: string) => settingsProblem(await directory({ settings }))?.detail;

    it('is undefined if the settings are valid, torn or absent', async () => {
      for (const text of ['{"keepalive_s": 9}', '', '\0\0', '{"keepalive_'])
        expect(await problemIn(text), text).to.equal(undefined);
      expect(settingsProblem(await directory())).to.equal(undefined);
    });

    it('reports a mistake that only a person can correct', async () => {
      expect(await problemIn('{"keepalive_s": 1}')).to.match(/^field keepalive_s: expected/);
      expect(await problemIn('{"keepalive": 9}')).to.match(/^has the unknown field keepalive/);
      expect(await problemIn('{"keepalive_s" 9}')).to.equal('is not JSON, line 1');
    });

    it('reports a file that cannot be read', async () => {
      const files = await directory();
      await mkdir(files.settings, { recursive: true });
      expect(settingsProblem(files)?.detail).to.equal('is not a file');
    });
  });
});
