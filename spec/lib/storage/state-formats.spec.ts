import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { ndjson } from '../../../lib/capture/ndjson.js';
import { openDeadLetters } from '../../../lib/dead-letters/letters.js';
import { openMarking, readMarks } from '../../../lib/dead-letters/marks.js';
import { knownSessions } from '../../../lib/mqtt/session/known-sessions.js';
import { readStatus } from '../../../lib/status/status-file.js';
import { SpoolFile } from '../../../lib/storage/spool/spool-file.js';
import { decodeState, type NewerFile, stateFormats } from '../../../lib/storage/state-formats.js';
import { keepUnacknowledged } from '../../../lib/storage/unacknowledged-file.js';
import { decodeJsonWith } from '../../../lib/util/codec.js';
import { cleanup, temporaryDirectory } from '../../support/cleanup.js';
import { clockWith } from '../../support/clock.js';
import { leftOf, rightOf } from '../../support/either.js';
import { root } from '../../support/imports.js';
import { noNewer } from '../../support/no-newer.js';
import { publishOf } from '../../support/shorthand.js';

/**
 * spec/fixtures/state-1 was written by commit 4b56ad05, before files had a format, by what the daemon and its commands
 * call: SpoolFile (four messages, one settled, one accepted by the notifier), AppendFile with deadLetterLine,
 * openMarking, sessionRecord, keepUnacknowledged, writeStatus with snapshotOf, and the lines of lib/capture/write-line.
 * spec/fixtures/state-2 is made by hand: a format that does not exist yet.
 */
const fixtures = (format: number): string => join(root, 'spec', 'fixtures', `state-${format}`);

const { clock } = clockWith({ uptimeMs: 61_000, wallMs: Date.parse('2026-11-28T08:00:01Z') });

const published = (name: string) => publishOf(1, { name, retain: true });

/** What is read of each file, in short. Files of a newer version are reported to `newer`. */
const readers: Readonly<
  Record<string, (directory: string, newer: (found: NewerFile) => void) => Promise<unknown>>
> = {
  'spool.ndjson': async (directory, newer) => {
    const path = join(directory, 'spool.ndjson');
    const broken = (detail: string) => expect.fail(detail);
    const spool = rightOf(await SpoolFile.open({ path, maxBytes: 1e6, broken, newer }));
    const names: unknown[] = [];
    for (const integration of spool.integrations)
      for (const { publish, receipt } of rightOf(await spool.take(integration, 9)))
        names.push([publish.topic, publish.accepted, publish.expiresInMs, receipt?.uptimeMs]);
    await spool.close();
    return names;
  },
  'sessions.json': async (directory, newer) => {
    const { record } = await knownSessions(directory, clock, newer);
    const ran = ['int1-open', 'int1-close', 'int1-other'].map((name) =>
      record.hasRun('here', published(name)),
    );
    return [record.filters('here'), ran];
  },
  'unacknowledged.json': async (directory, newer) => [
    ...(await knownSessions(directory, clock, newer)).ackWindow.settled(),
  ],
  'dead-letters.ndjson': async (directory) => {
    const letters = rightOf(await openDeadLetters(directory));
    const found: unknown[] = [];
    for await (const each of letters.read())
      found.push('id' in each ? [each.id.length, each.reason, each.publish.topic] : each.detail);
    await letters.close();
    return found;
  },
  'dead-letters-replayed.ndjson': async (directory) => {
    const marks = await readMarks(directory);
    return E.isLeft(marks) ? marks.left.replace(directory, '') : [...marks.right];
  },
  'status.json': async (directory) => {
    const status = readStatus(join(directory, 'status.json'));
    return E.isLeft(status) ? status.left.replace(directory, '') : status.right?.state_directory;
  },
  'capture.ndjson': async (directory) => {
    const found: unknown[] = [];
    const bytes = await readFile(join(directory, 'capture.ndjson'));
    for await (const records of ndjson(inOnePiece(bytes)))
      for (const each of records) found.push(each.kind === 'broken' ? each.detail : each.kind);
    return found;
  },
};

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const settled = { packetId: 7, content: 'digest', receivedAt: 50_000, expiresInMs: 5_000 };
const mark = { outcome: 'notified', attempts: 2, at: Date.parse('2026-11-28T08:30:00Z') };

const expected: Readonly<Record<string, unknown>> = {
  'spool.ndjson': [
    ['s2u/cv12345/int1-two', undefined, 3_600_000, 50_000],
    ['s2u/cv12345/int1-four', undefined, undefined, 50_000],
    ['s2u/cv12345/int2-three', ['notifier'], undefined, 50_000],
  ],
  'sessions.json': [['s2u/cv12345/#'], [true, true, false]],
  'unacknowledged.json': [['here', [settled]]],
  'dead-letters.ndjson': [
    [12, 'unregistered', 's2u/cv12345/int1-open'],
    [12, 'refused', 's2u/cv12345/int2-open'],
  ],
  'dead-letters-replayed.ndjson': [['5e524f37621e', mark]],
  'status.json': '/var/lib/cvmqtt',
  'capture.ndjson': ['start', 'set', 'publish'],
};

const isNewer = 'has format 2, and this version of cvmqtt reads format 1: a newer version wrote it';

/** What is read of the files of format 2. */
const refused: Readonly<Record<string, unknown>> = {
  'spool.ndjson': [],
  'sessions.json': [[], [false, false, false]],
  'unacknowledged.json': [],
  'dead-letters.ndjson': [[12, 'unregistered', 's2u/cv12345/int1-open'], `2 letters here: ${isNewer}`],
  'dead-letters-replayed.ndjson': `/dead-letters-replayed.ndjson: ${isNewer}. Upgrade cvmqtt again, or move the file away: then no letter counts as replayed`,
  'status.json': `/status.json: ${isNewer}`,
  'capture.ndjson': [isNewer],
};

/** What becomes of the files of format 2 that the daemon can't leave where they are. */
const moved: Readonly<Record<string, readonly [where: string | undefined, effect: string]>> = {
  'spool.ndjson': [
    'spool.ndjson.v2',
    'its messages are kept in spool.ndjson.v2, and new ones are delivered without them. To have them delivered, upgrade cvmqtt again',
  ],
  'sessions.json': [
    'sessions.json.v2',
    'it is kept as sessions.json.v2; retained commands may run once more. Upgrading cvmqtt again uses it again',
  ],
  'unacknowledged.json': [
    undefined,
    'removed, as it is for one run only: messages in it may be delivered again',
  ],
};

describe('files of the state directory', () => {
  const atEnd = cleanup();

  /** A directory with one of the fixtures, changed. */
  const directoryWith = async (format: number, file: string, change = (text: string) => text) => {
    const directory = await temporaryDirectory(atEnd);
    const text = await readFile(join(fixtures(format), file), 'utf8');
    await writeFile(join(directory, file), change(text));
    return { directory, text };
  };

  const read = async (file: string, directory: string) => {
    const newer: NewerFile[] = [];
    const content = await readers[file]?.(directory, (found) => newer.push(found));
    return { content, newer };
  };

  const withFields =
    (more: string) =>
    (text: string): string =>
      text.replace(/^\{/gm, `{${more},`);

  it('each have a format and fixtures', async () => {
    expect(Object.keys(readers)).to.have.length(Object.keys(stateFormats).length);
    for (const format of [1, 2])
      expect(await readdir(fixtures(format))).to.have.members(Object.keys(readers));
  });

  for (const file of Object.keys(readers)) {
    it(`are read if they are older: ${file} of the time before formats`, async () => {
      const { directory } = await directoryWith(1, file);
      expect(await read(file, directory)).to.deep.equal({ content: expected[file], newer: [] });
    });

    it(`are read whatever more fields they have: ${file}`, async () => {
      const more = withFields('"format":1,"later":{"format":3,"more":[{}]}');
      const { directory } = await directoryWith(1, file, (text) => more(text.replace(/"format":1,/g, '')));
      expect(await read(file, directory)).to.deep.equal({ content: expected[file], newer: [] });
    });

    it(`are not misread, lost or overwritten if they are newer: ${file}`, async () => {
      const { directory, text } = await directoryWith(2, file);
      const { content, newer } = await read(file, directory);
      expect(content).to.deep.equal(refused[file]);
      const [where, effect] = moved[file] ?? [file];
      const said = { file: join(directory, file), format: 2, reads: 1, effect };
      expect(newer).to.deep.equal(effect === undefined ? [] : [said]);
      if (where !== undefined) expect(await readFile(join(directory, where), 'utf8')).to.equal(text);
      // Said once.
      if (effect !== undefined) expect(await read(file, directory)).to.deep.equal({ content, newer: [] });
    });
  }

  it('have their format in each value that is written', async () => {
    const Line = t.type({ format: t.literal(1) });
    const { directory } = await directoryWith(1, 'spool.ndjson');
    const path = join(directory, 'spool.ndjson');
    const spool = rightOf(await SpoolFile.open({ path, maxBytes: 1e6, broken: expect.fail, newer: noNewer }));
    const publish = publishOf(1, 'int1-new');
    const receipt = { boot: 'this boot', uptimeMs: 1 };
    rightOf(await spool.append([{ integration: 'int1', publish, receipt, pinned: true }]));
    spool.note(5, ['notifier']);
    spool.settled(5);
    await spool.close();
    const added = (await readFile(path, 'utf8')).trim().split('\n').slice(6);
    expect(added).to.have.length(3);
    for (const line of added) rightOf(decodeJsonWith(Line)(line));
    const known = await knownSessions(directory, clock, noNewer);
    known.record.setFilters('here', ['a/#']);
    await known.close();
    const unacknowledged = join(directory, 'unacknowledged.json');
    await keepUnacknowledged(unacknowledged, clock, new Map([['here', [settled]]]));
    const marking = rightOf(await openMarking(directory, new Map(), new Set(), () => 0));
    rightOf(await marking.begin('5e524f37621e'));
    await marking.close();
    for (const file of ['sessions.json', 'unacknowledged.json', 'dead-letters-replayed.ndjson'])
      rightOf(decodeJsonWith(Line)(await readFile(join(directory, file), 'utf8')));
  });

  for (const format of ['0', '-1', '1.5', '"2"', 'null', '1e300', '{}'])
    it(`are broken, not newer, with a format of ${format}`, () => {
      const unread = leftOf(decodeState(t.UnknownRecord, 1)(`{"format":${format}}`));
      expect(unread).to.have.property('reason', 'broken');
      expect(unread)
        .to.have.property('detail')
        .that.matches(/^field format: expected a format, found /);
    });

  it('of a newer version are kept in one piece, however often it comes and goes', async () => {
    const { directory, text } = await directoryWith(2, 'spool.ndjson');
    await read('spool.ndjson', directory);
    await cp(join(fixtures(2), 'spool.ndjson'), join(directory, 'spool.ndjson'));
    const path = join(directory, 'spool.ndjson');
    const broken = expect.fail;
    expect(leftOf(await SpoolFile.open({ path, maxBytes: 1e6, broken, newer: noNewer }))).to.equal(
      `${path}: has format 2, this version reads format 1, and there is spool.ndjson.v2 already: move one of them away, or upgrade cvmqtt again`,
    );
    for (const each of [path, `${path}.v2`]) expect(await readFile(each, 'utf8')).to.equal(text);
  });

  it('of a newer version are not overwritten if they can’t be moved', async () => {
    const text = await readFile(join(fixtures(2), 'sessions.json'), 'utf8');
    const contents = new Map([['state/sessions.json', text]]);
    const files = {
      read: (path: string) => {
        const content = contents.get(path);
        return content === undefined ? E.left({ reason: 'absent' } as const) : E.right(content);
      },
      write: async (path: string, content: string) => void contents.set(path, content),
      rename: () => Promise.reject(new Error('EIO')),
      remove: async (path: string) => void contents.delete(path),
    };
    const said: string[] = [];
    const known = await knownSessions('state', clock, ({ effect }) => said.push(effect), files);
    known.record.setFilters('here', ['a/#']);
    await known.close();
    expect(known.record.filters('here')).to.deep.equal(['a/#']);
    expect([...contents.values()]).to.deep.equal([text]);
    expect(said.join()).to.match(/^it stays as it is, and nothing is recorded in this run; /);
  });
});
