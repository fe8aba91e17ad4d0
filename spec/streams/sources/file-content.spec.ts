import { writeFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { Subject } from 'rxjs';
import { writeFileAtomic } from '../../../lib/storage/atomic-write.js';
import { fileContent } from '../../../streams/sources/file-content.js';
import { inbox } from '../../sim/support/inbox.js';
import { cleanup, temporaryDirectory } from '../../support/cleanup.js';

describe('fileContent', () => {
  const atEnd = cleanup();

  /** What is emitted for a file, in a word. */
  const emitted = (path: string) => {
    const all = inbox<string>();
    const subscription = fileContent(path).subscribe((content) =>
      all.put(E.isRight(content) ? content.right : content.left.reason),
    );
    atEnd(() => subscription.unsubscribe());
    return { all, subscription };
  };
  const newPath = async () => join(await temporaryDirectory(atEnd), 'file');

  it('emits the content now, and after each change', async () => {
    const path = await newPath();
    await writeFileAtomic(path, 'one');
    const { all } = emitted(path);
    expect(all.items, 'now').to.deep.equal(['one']);
    await writeFileAtomic(path, 'two');
    expect(await all.filled(2)).to.deep.equal(['one', 'two']);
    await rm(path);
    expect(await all.filled(3)).to.deep.equal(['one', 'two', 'absent']);
  });

  it('emits absent at once if there is no file', async () => {
    const path = await newPath();
    const { all } = emitted(path);
    expect(await all.filled(1)).to.deep.equal(['absent']);
    await writeFileAtomic(path, 'one');
    expect(await all.filled(2)).to.deep.equal(['absent', 'one']);
  });

  it('does not emit the same content twice in a row', async () => {
    const path = await newPath();
    await writeFileAtomic(path, 'one');
    const { all } = emitted(path);
    await all.filled(1);
    await writeFileAtomic(path, 'one');
    await writeFile(join(path, '..', 'another file'), '');
    await writeFileAtomic(path, 'two');
    expect(await all.filled(2)).to.deep.equal(['one', 'two']);
  });

  it('misses no change made while the file is read', async function () {
    this.timeout(1_500);
    const path = await newPath();
    await writeFileAtomic(path, 'one');
    const all = inbox<string>();
    const subscription = fileContent(path).subscribe((content) => {
      const text = E.isRight(content) ? content.right : content.left.reason;
      if (text === 'one') writeFileSync(path, 'two');
      all.put(text);
    });
    atEnd(() => subscription.unsubscribe());
    while (!all.items.includes('two')) await all.filled(all.items.length + 1);
  });

  it('reads again on request', async () => {
    const path = await newPath();
    await writeFileAtomic(path, 'one');
    const again$ = new Subject<void>();
    const all: string[] = [];
    const subscription = fileContent(path, again$).subscribe((content) =>
      all.push(E.isRight(content) ? content.right : content.left.reason),
    );
    atEnd(() => subscription.unsubscribe());
    writeFileSync(path, 'two');
    again$.next();
    expect(all).to.deep.equal(['one', 'two']);
  });

  it('ends on unsubscribe', async () => {
    const path = await newPath();
    await writeFileAtomic(path, 'one');
    const [left, stays] = [emitted(path), emitted(path)];
    await Promise.all([left.all.filled(1), stays.all.filled(1)]);
    left.subscription.unsubscribe();
    await writeFileAtomic(path, 'two');
    await stays.all.filled(2);
    expect(left.all.items).to.deep.equal(['one']);
  });
});
