import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Layout, layout } from '../../../lib/config/layout.js';
import { writeFileAtomic } from '../../../lib/storage/atomic-write.js';
import { startBroker } from '../../../sim/broker.js';
import { endingAfterTest, temporaryDirectory } from '../../rig/at-end.js';
import { runToEnd } from '../../rig/child.js';
import { startDaemon } from '../../rig/daemon.js';
import { secret, unitToken, username } from '../../rig/login.js';
import { startRig, valueIn } from '../../rig/rig.js';
import { startServer } from '../../rig/server.js';

/** Breaks a file before the daemon starts. */
type Breaking = (path: string, whole: Buffer) => Promise<unknown>;

const written =
  (content: string | Buffer): Breaking =>
  (path) =>
    writeFile(path, content);

/** As a power cut leaves it, and as only a mistake does. */
const breakings: Readonly<Record<string, Breaking>> = {
  missing: (path) => rm(path),
  empty: written(''),
  'full of NULs': written(Buffer.alloc(300)),
  'half-written': (path, whole) => writeFile(path, whole.subarray(0, whole.length / 2)),
  'whole, followed by NULs': (path, whole) => writeFile(path, Buffer.concat([whole, Buffer.alloc(9)])),
  'an array': written('[[]]'),
  'a number': written('1e999'),
  null: written('null'),
  'with fields of other types': written('{"local_server":5,"server_uri":{},"name":1}'),
  'not UTF-8': written(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])),
  'too large': written(' '.repeat(1_048_577)),
  'a directory': async (path) => {
    await rm(path);
    await mkdir(path);
  },
  'a FIFO': async (path) => {
    await rm(path);
    runToEnd('mkfifo', [path]);
  },
  'a link to itself': async (path) => {
    await rm(path);
    await symlink(path, path);
  },
};

describe('a file that another program writes', () => {
  const atEnd = endingAfterTest();

  const start = async () => {
    const broker = await startBroker({ secret });
    atEnd(broker.close);
    const rig = await startRig(atEnd, { brokerUrl: broker.url, integrations: ['int1'] });
    const receives = async (body: string): Promise<void> => {
      const server = await startServer(atEnd, broker.url);
      await server.send(username, { function: 'int1-open', body });
      await rig.received.first(body, (each) => valueIn(each, 'body') === body);
    };
    return { ...rig, files: layout(rig.home), receives };
  };

  const files: readonly (keyof Layout)[] = ['credentials', 'integrations', 'cvmain'];
  for (const file of files) {
    for (const [how, breaks] of Object.entries(breakings)) {
      it(`is waited for, which is reported once, and used when it is whole: ${file} is ${how}`, async () => {
        const { home, files, receives } = await start();
        const path = files[file];
        const whole = await readFile(path);
        await breaks(path, whole);
        const daemon = startDaemon(atEnd, home);
        const isWaiting = how === 'missing' && file === 'credentials';
        const isNone = (how === 'missing' || how === 'an array') && file === 'integrations';
        if (isNone) await daemon.logged(how === 'missing' ? 'integrations' : 'file-broken');
        else if (isWaiting) await daemon.logged('waiting');
        else expect(await daemon.logged('file-broken')).to.include({ file: path, level: 'warn' });
        await rm(path, { recursive: true, force: true });
        await writeFile(path, whole);
        await daemon.logged('subscribed');
        await receives('after');
        expect(daemon.count('file-broken')).to.be.below(2);
        expect(await daemon.stop()).to.include({ code: 0 });
      });
    }
  }

  it('is read independently: other broken files do not delay a new configuration', async () => {
    const { files, connected, receives } = await start();
    const daemon = await connected();
    await writeFile(files.credentials, '{"server_uri": "mqtt');
    await writeFile(files.integrations, '[{"name"');
    await writeFile(files.settings, '\0\0');
    await daemon.logged('file-broken', 3);
    const whole = await readFile(files.cvmain, 'utf8');
    await writeFileAtomic(
      files.cvmain,
      whole.replace('"external_integrations": false', '"external_integrations": true'),
    );
    await daemon.logged('configuration-changed');
    expect(await daemon.logged('connected', 2)).to.include({ session_present: true });
    await receives('by the last good set');
    expect(daemon.count('file-broken')).to.equal(3);
    expect(await daemon.stop()).to.include({ code: 0 });
  });

  it('breaks later: its last good content stays in use, whichever file it is', async () => {
    const { home, files, receives, connected } = await start();
    const daemon = await connected();
    const paths = [files.cvmain, files.credentials, files.integrations, files.settings, files.ca];
    for (const [at, path] of paths.entries()) {
      await writeFile(path, Buffer.alloc(100));
      const message = 'its previous content stays in use';
      expect((await daemon.logged('file-broken', at + 1)).message)
        .to.contain(path)
        .and.contain(message);
    }
    daemon.signal('SIGHUP');
    await receives('after');
    expect(daemon.count('connected')).to.equal(1);
    expect(daemon.count('file-broken')).to.equal(paths.length);
    expect(await daemon.stop()).to.include({ code: 0 });
    expect(home).to.not.equal('');
  });

  it('is missing, and so is its directory', async () => {
    const { home, receives } = await start();
    const aside = join(await temporaryDirectory(atEnd), 'aside');
    await rename(home, aside);
    const daemon = startDaemon(atEnd, home);
    expect((await daemon.logged('file-broken')).message).to.contain(`${home}: is not a readable directory`);
    await rename(aside, home);
    await daemon.logged('subscribed');
    await receives('after');
    expect(await daemon.stop()).to.include({ code: 0 });
  });

  it('does not delay SIGTERM', async () => {
    const { home, files } = await start();
    await writeFile(files.cvmain, '');
    const daemon = startDaemon(atEnd, home);
    await daemon.logged('file-broken');
    expect(await daemon.stop()).to.include({ code: 0 });
  });

  for (const [how, torn] of [
    ['empty', ''],
    ['full of NULs', '\0\0\0'],
    ['half-written', '{"reserved_integrations": ["vg:'],
  ] as const) {
    it(`is cvmqtt's own, and ${how}: counts as absent until it is whole`, async () => {
      const { home, files, receives } = await start();
      await writeFile(files.settings, torn);
      const daemon = startDaemon(atEnd, home);
      expect(await daemon.logged('file-broken')).to.include({ file: files.settings });
      await daemon.logged('subscribed');
      await receives('with the defaults');
      await writeFile(files.settings, '{"patience_ms": 2000}');
      await daemon.logged('configuration-changed');
      await daemon.logged('connected', 2);
      await receives('after');
      expect(await daemon.stop()).to.include({ code: 0 });
    });
  }

  it('is the torn authority of the broker: no other is trusted instead', async () => {
    const { home, files } = await start();
    await writeFile(files.ca, '-----BEGIN CERTIFICATE-----\nMII');
    const daemon = startDaemon(atEnd, home);
    const { message } = await daemon.logged('file-broken');
    expect(message).to.contain('ca.pem').and.contain('waiting until it is valid');
    await rm(files.ca);
    await daemon.logged('subscribed');
    expect(await daemon.stop()).to.include({ code: 0 });
  });

  it('may have a byte order mark', async () => {
    const { files, home, receives } = await start();
    for (const path of [files.cvmain, files.credentials, files.integrations])
      await writeFile(path, `\uFEFF${await readFile(path, 'utf8')}`);
    await writeFile(files.settings, '\uFEFF{"patience_ms": 2000}');
    const daemon = startDaemon(atEnd, home);
    await daemon.logged('subscribed');
    await receives('after');
    expect(daemon.count('file-broken')).to.equal(0);
    expect(await daemon.stop()).to.include({ code: 0 });
  });

  it('leaks no secret, however it is broken', async () => {
    const { files, home } = await start();
    await writeFile(
      files.credentials,
      JSON.stringify({ server_uri: `mqtt://u:${unitToken}@h`, username, password: unitToken }),
    );
    const daemon = startDaemon(atEnd, home);
    await daemon.logged('file-broken');
    expect(daemon.stderr.entries.join('\n')).to.not.contain(unitToken);
    expect(await daemon.stop()).to.include({ code: 0 });
  });
});
