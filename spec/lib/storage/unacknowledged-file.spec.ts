import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import {
  keepUnacknowledged,
  type SettledBySession,
  takeUnacknowledged,
} from '../../../lib/storage/unacknowledged-file.js';
import type { WholeFiles } from '../../../lib/storage/whole-files.js';
import { clockWith } from '../../support/clock.js';

const path = 'unacknowledged.json';

/** Files in memory; `isStuck`: none can be removed. */
const memory = (content?: string, isStuck = false) => {
  const contents = new Map<string, string>(content === undefined ? [] : [[path, content]]);
  const files: WholeFiles = {
    read: (name) => {
      const text = contents.get(name);
      return text === undefined ? E.left({ reason: 'absent' }) : E.right(text);
    },
    write: async (name, text) => void contents.set(name, text),
    rename: async () => undefined,
    remove: async (name) => {
      if (isStuck) throw new Error('read-only');
      contents.delete(name);
    },
  };
  return { contents, files };
};

const sessions: SettledBySession = new Map([
  [
    'here',
    [
      { packetId: 1, content: 'one', receivedAt: 0, expiresInMs: undefined },
      { packetId: 2, content: 'two', receivedAt: 700, expiresInMs: 5_000 },
    ],
  ],
  ['there', []],
]);

describe('unacknowledged.json', () => {
  const { clock } = clockWith({ uptimeMs: 1_000 });

  it('is read by the next run, without sessions that have no entries', async () => {
    const { files } = memory();
    await keepUnacknowledged(path, clock, sessions, files);
    const read = await takeUnacknowledged(path, clock, files);
    expect([...read]).to.deep.equal([['here', sessions.get('here')]]);
  });

  it('is good for one run: it is removed before it is used', async () => {
    const { contents, files } = memory();
    await keepUnacknowledged(path, clock, sessions, files);
    await takeUnacknowledged(path, clock, files);
    expect(contents.size).to.equal(0);
    expect((await takeUnacknowledged(path, clock, files)).size).to.equal(0);
  });

  it('is not used if it can’t be removed, nor by a later run that can', async () => {
    const first = memory();
    await keepUnacknowledged(path, clock, sessions, first.files);
    const text = first.contents.get(path);
    expect((await takeUnacknowledged(path, clock, memory(text, true).files)).size).to.equal(0);
    const later = clockWith({ uptimeMs: 602_000 }).clock;
    expect((await takeUnacknowledged(path, later, memory(text).files)).size).to.equal(0);
  });

  it('is used for ten minutes', async () => {
    const { files } = memory();
    await keepUnacknowledged(path, clock, sessions, files);
    const later = clockWith({ uptimeMs: 601_000 }).clock;
    expect((await takeUnacknowledged(path, later, files)).get('here')).to.have.length(2);
  });

  it('is removed if it can’t be read', async () => {
    const { contents, files } = memory('{}');
    const unreadable = { ...files, read: () => E.left({ reason: 'unreadable', detail: 'EACCES' } as const) };
    expect((await takeUnacknowledged(path, clock, unreadable)).size).to.equal(0);
    expect(contents.size).to.equal(0);
  });

  it('is not written beyond the size that a run reads', async () => {
    const { contents, files } = memory();
    const content = 'x'.repeat(64);
    const many = Array.from({ length: 20_000 }, (_, packetId) => ({ packetId, content, receivedAt: 0 }));
    await keepUnacknowledged(path, clock, new Map([['here', many]]), files);
    expect(contents.size).to.equal(0);
  });

  it('is not written if there is nothing to recognise', async () => {
    const { contents, files } = memory();
    await keepUnacknowledged(path, clock, new Map([['here', []]]), files);
    expect(contents.size).to.equal(0);
  });

  it('does not keep a stop from ending if it can’t be written', async () => {
    const { files } = memory();
    const full = { ...files, write: () => Promise.reject(new Error('full')) };
    await keepUnacknowledged(path, clock, sessions, full);
  });

  for (const [what, text] of [
    ['torn', '{"sessions":[["here",[{"packet_id":1,'],
    ['empty', ''],
    ['of another shape', '{"sessions":[["here",[{"packet_id":-1,"content":"x"}]]]}'],
  ] as const) {
    it(`counts as empty, and is removed, if it is ${what}`, async () => {
      const { contents, files } = memory(text);
      expect((await takeUnacknowledged(path, clock, files)).size).to.equal(0);
      expect(contents.size).to.equal(0);
    });
  }

  it('is not used after a reboot without a synchronised clock: its age is unknown', async () => {
    const { files } = memory();
    await keepUnacknowledged(path, clock, sessions, files);
    const rebooted = clockWith({ boot: 'another boot', uptimeMs: 10 }).clock;
    expect((await takeUnacknowledged(path, rebooted, files)).size).to.equal(0);
  });
});
