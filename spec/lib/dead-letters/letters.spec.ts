import { appendFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Letter, parseLetter } from '../../../lib/dead-letters/letter.js';
import { type BrokenLetter, openDeadLetters } from '../../../lib/dead-letters/letters.js';
import { deadLetterLine } from '../../../lib/dead-letters/write-letter.js';
import { messageKey } from '../../../lib/rules/message/message-key.js';
import { reasons } from '../../../lib/rules/rejection.js';
import type { DeadLettered } from '../../../lib/rules/settlement.js';
import { unreadText } from '../../../lib/storage/state-formats.js';
import { anyText, publish } from '../../support/arbitraries.js';
import { receiptAt } from '../../support/clock.js';
import { leftOf, rightOf } from '../../support/either.js';
import { publishOf } from '../../support/shorthand.js';

const dead = (more: Partial<DeadLettered> = {}): DeadLettered => ({
  kind: 'dead-lettered',
  reason: 'refused',
  detail: 'no',
  publish: publishOf(1, 'int1-open'),
  attempts: 1,
  tookMs: 5,
  ...more,
});

const lineFor = (text: string): string => deadLetterLine(dead({ detail: text }), receiptAt());

describe('parseLetter', () => {
  it('reads any line that deadLetterLine wrote', () => {
    fc.assert(
      fc.property(
        publish,
        fc.constantFrom(...reasons),
        anyText,
        fc.nat(),
        fc.nat(),
        (sent, reason, detail, attempts, tookMs) => {
          const line = deadLetterLine(
            dead({ publish: sent, reason, detail, attempts, tookMs }),
            receiptAt(tookMs),
          );
          expect(rightOf(parseLetter(line, 'id'))).to.deep.equal({
            id: 'id',
            reason,
            detail,
            key: messageKey(sent),
            attempts,
            settledAt: sent.receivedAt + tookMs,
            publish: { ...sent, seq: 1 },
            receipt: receiptAt(tookMs),
          });
        },
      ),
    );
  });

  it('keeps the targets that had accepted it, so that a replay notifies only the others', () => {
    const half = { ...publishOf(1, 'int1-open'), accepted: ['notifier'] as const };
    const line = deadLetterLine(dead({ publish: half }), receiptAt());
    expect(rightOf(parseLetter(line, 'id')).publish.accepted).to.deep.equal(['notifier']);
    const other = leftOf(parseLetter(line.replace('"notifier"', '"everybody"'), 'id'));
    expect(unreadText(other)).to.include('accepted');
  });

  for (const [title, line] of Object.entries({
    'no JSON': '{"reason":',
    'another reason': lineFor('').replace('"refused"', '"bored"'),
    'no time': lineFor('').replace(/"settled_at":"[^"]*"/, '"settled_at":"soon"'),
    'no count': lineFor('').replace('"attempts":1', '"attempts":-1'),
    'half a count': lineFor('').replace('"attempts":1', '"attempts":0.5'),
    'a count without end': lineFor('').replace('"attempts":1', '"attempts":1e999'),
    'a time that JavaScript cannot write': lineFor('').replace(
      /"settled_at":"[^"]*"/,
      '"settled_at":"+200000-01-01T00:00:00Z"',
    ),
    'an absurd uptime': lineFor('').replace('"uptime_ms":0', '"uptime_ms":1e999'),
    'no topic': lineFor('').replace('"topic"', '"tropic"'),
  })) {
    it(`refuses a line with ${title}`, () => {
      expect(leftOf(parseLetter(line, 'id'))).to.include({ reason: 'broken' });
    });
  }
});

describe('openDeadLetters', () => {
  let directory = '';
  let path = '';

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cvmqtt-spec-'));
    path = join(directory, 'dead-letters.ndjson');
  });

  afterEach(() => rm(directory, { recursive: true }));

  const all = async (): Promise<readonly (Letter | BrokenLetter)[]> => {
    const letters = rightOf(await openDeadLetters(directory));
    const read: (Letter | BrokenLetter)[] = [];
    for await (const each of letters.read()) read.push(each);
    await letters.close();
    return read;
  };

  const details = async () => (await all()).map(({ detail }) => detail);

  const ids = async () => (await all()).map((each) => ('id' in each ? each.id : each.line));

  it('reads no letters without files or without a directory', async () => {
    expect(await all()).to.deep.equal([]);
    await rm(directory, { recursive: true });
    expect(await all()).to.deep.equal([]);
    await mkdir(directory);
  });

  it('reads the older file first', async () => {
    await writeFile(path, `${lineFor('c')}\n${lineFor('d')}\n`);
    await writeFile(`${path}.1`, `${lineFor('a')}\n${lineFor('b')}\n`);
    expect(await details()).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  it('reports a broken line with its file and number, and reads on', async () => {
    await writeFile(path, `${lineFor('a')}\n{"torn\n\n${lineFor('b')}\n${lineFor('c').slice(0, 40)}`);
    const read = await all();
    expect(read.map((each) => ('id' in each ? each.detail : `${each.file}:${each.line}`))).to.deep.equal([
      'a',
      `${path}:2`,
      'b',
      `${path}:5`,
    ]);
  });

  it('gives each letter a unique id, even two equal ones', async () => {
    await writeFile(path, `${lineFor('a')}\n${lineFor('a')}\n${lineFor('b')}\n${lineFor('a')}\n`);
    const given = await ids();
    expect(new Set(given).size).to.equal(4);
    for (const id of given) expect(id).to.match(/^[0-9a-f]{12}$/);
  });

  it('keeps the ids when the file grows and is rotated', async () => {
    await writeFile(path, `${lineFor('a')}\n${lineFor('a')}\n${lineFor('b')}\n`);
    const before = await ids();
    await rename(path, `${path}.1`);
    await writeFile(path, `${lineFor('a')}\n`);
    await appendFile(path, `${lineFor('c')}\n`);
    expect((await ids()).slice(0, 3)).to.deep.equal(before);
  });

  it('reads the same letters twice while the daemon rotates the files', async () => {
    await writeFile(`${path}.1`, `${lineFor('a')}\n`);
    await writeFile(path, `${lineFor('b')}\n`);
    const letters = rightOf(await openDeadLetters(directory));
    await rename(path, `${path}.1`);
    await writeFile(path, `${lineFor('c')}\n`);
    for (const _ of [1, 2]) {
      const read: string[] = [];
      for await (const each of letters.read()) read.push(each.detail);
      expect(read).to.deep.equal(['a', 'b']);
    }
    await letters.close();
  });

  it('refuses a directory or a symlink loop in place of a file', async () => {
    await mkdir(path);
    expect(leftOf(await openDeadLetters(directory))).to.equal(`${path}: can't be read (is not a file)`);
    await rm(path, { recursive: true });
    await symlink(path, path);
    expect(leftOf(await openDeadLetters(directory))).to.equal(`${path}: can't be read (is a symbolic link)`);
  });
});
