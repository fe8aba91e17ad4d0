import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { link, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { openDeadLetters } from '../../../lib/dead-letters/letters.js';
import { readMarks } from '../../../lib/dead-letters/marks.js';
import { AppendFile } from '../../../lib/storage/append-file.js';
import { openOwn, problemOf } from '../../../lib/storage/own-file.js';
import { sessionRecord } from '../../../lib/storage/session-record.js';
import { LineFile } from '../../../lib/storage/spool/line-file.js';
import { cleanup, temporaryDirectory } from '../../support/cleanup.js';
import { leftOf, rightOf } from '../../support/either.js';
import { openFiles } from '../../support/file-handle-spy.js';

const { O_APPEND, O_CREAT, O_RDONLY, O_RDWR } = constants;
const writing = O_RDWR | O_APPEND | O_CREAT;

describe("cvmqtt's own files", () => {
  const atEnd = cleanup();

  /** A file of somebody else. */
  const victim = async () => {
    const path = join(await temporaryDirectory(atEnd), 'victim');
    await writeFile(path, 'precious\n');
    return path;
  };

  /** What somebody may put in place of a file, and the error that it gives. */
  const inTheWay: readonly (readonly [string, string, (path: string, victim: string) => unknown])[] = [
    ['a symbolic link', 'is a symbolic link', (path, victim) => symlink(victim, path)],
    ['a symbolic link to nothing', 'is a symbolic link', (path) => symlink(`${path}.nothing`, path)],
    ['a symbolic link to itself', 'is a symbolic link', (path) => symlink(path, path)],
    ['a hard link', 'is a hard link', (path, victim) => link(victim, path)],
    ['a FIFO', 'is not a file', (path) => execFileSync('mkfifo', [path])],
    [
      'a socket',
      'is not a file',
      async (path) => {
        const server = createServer().listen(path);
        await once(server, 'listening');
        atEnd(() => server.close());
      },
    ],
  ];
  const path = async (put: (path: string, victim: string) => unknown, name: string) => {
    const directory = await temporaryDirectory(atEnd);
    const precious = await victim();
    await put(join(directory, name), precious);
    return { directory, file: join(directory, name), unharmed: async () => readFile(precious, 'utf8') };
  };

  for (const [title, problem, put] of inTheWay) {
    describe(`if ${title} is in their place`, () => {
      it('are not opened', async () => {
        for (const flags of [O_RDONLY, writing]) {
          const { file } = await path(put, 'file');
          const error: unknown = await openOwn(file, flags).catch((error: unknown) => error);
          expect(problemOf(error)).to.equal(problem);
          expect((await openFiles(file)) ?? 0).to.equal(0);
        }
      });

      it('receive no line', async () => {
        const { file, unharmed } = await path(put, 'dead-letters.ndjson');
        const lines = new AppendFile({ path: file, maxBytes: 100 });
        expect(leftOf(await lines.repair())).to.equal(`${file}: ${problem}`);
        expect(leftOf(await lines.append('one'))).to.equal(`${file}: ${problem}`);
        await lines.close();
        expect(await LineFile.open(file).catch(problemOf)).to.equal(problem);
        expect(await unharmed()).to.equal('precious\n');
      });

      it('are not read', async () => {
        for (const name of ['dead-letters.ndjson', 'dead-letters.ndjson.1']) {
          const { directory, file } = await path(put, name);
          const said = `${file}: can't be read (${problem})`;
          expect(leftOf(await openDeadLetters(directory))).to.equal(said);
        }
        const { directory, file } = await path(put, 'dead-letters-replayed.ndjson');
        expect(leftOf(await readMarks(directory))).to.equal(`${file}: can't be read (${problem})`);
      });

      it('are replaced if they are rewritten', async () => {
        const spool = await path(put, 'spool.ndjson.tmp');
        const lines = await LineFile.open(join(spool.directory, 'spool.ndjson'));
        atEnd(() => lines.close());
        await lines.append('one\n');
        await lines.keep([{ id: 1, integration: 'int1', offset: 0, bytes: 4 }]);
        expect(await readFile(join(spool.directory, 'spool.ndjson'), 'utf8')).to.equal('one\n');
        expect(await spool.unharmed()).to.equal('precious\n');
      });
    });
  }

  it('are rotated over a link, which is not followed', async () => {
    const { file, unharmed } = await path((path, victim) => symlink(victim, `${path}.1`), 'lines');
    const lines = new AppendFile({ path: file, maxBytes: 5 });
    for (const line of ['one', 'two']) rightOf(await lines.append(line));
    await lines.close();
    expect(await readFile(`${file}.1`, 'utf8')).to.equal('one\n');
    expect(await unharmed()).to.equal('precious\n');
  });

  it('may be in a directory that is a link, as systemd makes it', async () => {
    const directory = await temporaryDirectory(atEnd);
    await mkdir(join(directory, 'private'));
    await symlink('private', join(directory, 'state'));
    await (await openOwn(join(directory, 'state', 'file'), writing)).close();
    expect((await stat(join(directory, 'private', 'file'))).mode & 0o777).to.equal(0o600);
  });

  it('include the session record, which is not read through a link', async () => {
    const directory = await temporaryDirectory(atEnd);
    const [elsewhere, path] = [join(directory, 'elsewhere'), join(directory, 'sessions.json')];
    await writeFile(elsewhere, '{"sessions":[{"name":"a","filters":["b"],"retained":[]}]}');
    expect(sessionRecord(elsewhere).filters('a')).to.deep.equal(['b']);
    await symlink(elsewhere, path);
    expect(sessionRecord(path).filters('a')).to.deep.equal([]);
  });
});
