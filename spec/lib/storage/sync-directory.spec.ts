import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { syncDirectory } from '../../../lib/storage/sync-directory.js';
import { errorCode } from '../../../lib/util/error-code.js';
import { cleanup, temporaryDirectory } from '../../support/cleanup.js';
import { fileHandleSpy, openFiles } from '../../support/file-handle-spy.js';

describe('syncDirectory', () => {
  const atEnd = cleanup();

  const problem = (action: Promise<unknown>): Promise<string | undefined> =>
    action.then(() => undefined, errorCode);

  for (const code of ['EIO', 'ENOSPC', 'EDQUOT'])
    it(`rejects with ${code}: names may be lost`, async () => {
      const path = await temporaryDirectory(atEnd);
      (await fileHandleSpy(atEnd, 'sync')).failNext(Object.assign(new Error('faulty'), { code }));
      expect(await problem(syncDirectory(path))).to.equal(code);
      expect((await openFiles(path)) ?? 0).to.equal(0);
    });

  for (const code of ['EINVAL', 'ENOTSUP', 'EBADF'])
    it(`resolves if the file system can't do it (${code})`, async () => {
      const path = await temporaryDirectory(atEnd);
      (await fileHandleSpy(atEnd, 'sync')).failNext(Object.assign(new Error('no'), { code }));
      await syncDirectory(path);
      expect((await openFiles(path)) ?? 0).to.equal(0);
    });

  it('resolves if the directory is not readable', async () => {
    const path = await temporaryDirectory(atEnd);
    await chmod(path, 0o300);
    await syncDirectory(path);
  });

  it('rejects if the directory is missing', async () => {
    expect(await problem(syncDirectory(join(await temporaryDirectory(atEnd), 'gone')))).to.equal('ENOENT');
  });
});
