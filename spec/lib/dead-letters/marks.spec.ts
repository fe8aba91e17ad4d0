import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { readMarks } from '../../../lib/dead-letters/marks.js';
import { cleanup, temporaryDirectory } from '../../support/cleanup.js';
import { rightOf } from '../../support/either.js';

describe('readMarks', () => {
  const atEnd = cleanup();

  const marksIn = async (...lines: readonly string[]) => {
    const directory = await temporaryDirectory(atEnd);
    await writeFile(join(directory, 'dead-letters-replayed.ndjson'), `${lines.join('\n')}\n`);
    return rightOf(await readMarks(directory));
  };

  const mark = (more: string): string => `{"id":"a","outcome":"begun",${more}}`;

  it('gives the last outcome of each letter, and the sum of its attempts', async () => {
    const marks = await marksIn(
      mark('"attempts":1,"at":5'),
      '{"id":"a","outcome":"notified","attempts":2,"at":6}',
    );
    expect([...marks]).to.deep.equal([['a', { outcome: 'notified', attempts: 3, at: 6 }]]);
  });

  for (const more of [
    '"attempts":-1,"at":5',
    '"attempts":0.5,"at":5',
    '"attempts":1e999,"at":5',
    '"attempts":1,"at":1e999',
    '"attempts":1,"at":-1',
    '"attempts":1,"at":1e15',
    '"attempts":"NaN","at":5',
    '"attempts":1',
  ]) {
    it(`skips a line with invalid numbers: ${more}`, async () => {
      expect(await marksIn(mark(more))).to.have.property('size', 0);
    });
  }

  it('accepts any id, even __proto__', async () => {
    const ids = ['__proto__', 'constructor', 'toString'];
    const marks = await marksIn(
      ...ids.map((id) => JSON.stringify({ id, outcome: 'notified', attempts: 1, at: 5 })),
    );
    expect([...marks.keys()]).to.deep.equal(ids);
  });
});
