import { execFile } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { maxTextBytes, readText } from '../../../lib/storage/read-text.js';
import { errorCode } from '../../../lib/util/error-code.js';
import { cleanup, temporaryDirectory } from '../../support/cleanup.js';
import { leftOf, rightOf } from '../../support/either.js';
import { asOrdinaryUser } from '../../support/ordinary-user.js';

const absent = { reason: 'absent' };
const unreadable = (detail: string) => ({ reason: 'unreadable', detail });

describe('readText', () => {
  const atEnd = cleanup();

  /** A path in an empty directory, with this content. */
  const path = async (content?: string | Uint8Array): Promise<string> => {
    const file = join(await temporaryDirectory(atEnd), 'file');
    if (content !== undefined) await writeFile(file, content);
    return file;
  };

  it('returns the text', async () => {
    expect(readText(await path('ä {"json": "yes"}\n'))).to.deep.equal(E.right('ä {"json": "yes"}\n'));
    expect(readText(await path(''))).to.deep.equal(E.right(''));
  });

  it('drops a byte order mark', async () => {
    expect(rightOf(readText(await path('\ufeff{}')))).to.equal('{}');
  });

  it('is absent if the file is missing', async () => {
    expect(leftOf(readText(await path()))).to.deep.equal(absent);
  });

  it('is absent if the directory is missing', async () => {
    expect(leftOf(readText(join(await path(), 'file')))).to.deep.equal(absent);
    expect(leftOf(readText(join(await path('a file'), 'file')))).to.deep.equal(absent);
  });

  it('is absent for a dangling link', async () => {
    const file = await path();
    await symlink('nowhere', file);
    expect(leftOf(readText(file))).to.deep.equal(absent);
  });

  it('refuses a directory', async () => {
    const file = await path();
    await mkdir(file);
    expect(leftOf(readText(file))).to.deep.equal(unreadable('is not a file'));
  });

  it('refuses a pipe without blocking', async () => {
    const file = await path();
    await promisify(execFile)('mkfifo', [file]);
    expect(leftOf(readText(file))).to.deep.equal(unreadable('is not a file'));
  });

  it('refuses a device', () => {
    expect(leftOf(readText('/dev/zero'))).to.deep.equal(unreadable('is not a file'));
  });

  it('refuses a socket', async () => {
    const file = await path();
    const server = createServer().listen(file);
    await new Promise((resolve) => server.once('listening', resolve));
    atEnd(() => server.close());
    expect(leftOf(readText(file))).to.deep.equal(unreadable("can't be read (ENXIO)"));
  });

  it('refuses a loop of links', async () => {
    const file = await path();
    await symlink(file, file);
    expect(leftOf(readText(file))).to.deep.equal(unreadable("can't be read (ELOOP)"));
  });

  it('refuses a file that is too large', async () => {
    expect(rightOf(readText(await path(Buffer.alloc(maxTextBytes, 'a'))))).to.have.length(maxTextBytes);
    const detail = 'is larger than 1048576 bytes';
    const larger = await path(Buffer.alloc(maxTextBytes + 1, 'a'));
    expect(leftOf(readText(larger))).to.deep.equal(unreadable(detail));
  });

  it('returns the text up to a truncated last character', async () => {
    const whole = Buffer.from('\ufeff{"a": "€');
    for (const [bytes, text] of [
      [1, ''],
      [2, ''],
      [whole.length - 1, '{"a": "'],
      [whole.length - 2, '{"a": "'],
    ] as const)
      expect(rightOf(readText(await path(whole.subarray(0, bytes))))).to.equal(text);
  });

  it('refuses a file that is not UTF-8', async () => {
    const latin1 = await path(Buffer.from([0x7b, 0xe4, 0x7d]));
    expect(leftOf(readText(latin1))).to.deep.equal(unreadable('is not UTF-8'));
  });

  it('refuses a file without read permission', async () => {
    const file = await path('secret');
    await chmod(join(file, '..'), 0o755);
    await chmod(file, 0o000);
    expect(leftOf(asOrdinaryUser(() => readText(file)))).to.deep.equal(
      unreadable('is not readable for this user'),
    );
  });
});

describe('errorCode', () => {
  it('is the code of the system’s errors', () => {
    expect(errorCode(Object.assign(new Error('no'), { code: 'ENOENT' }))).to.equal('ENOENT');
  });

  for (const other of [
    new Error('no'),
    Object.assign(new Error('no'), { code: 5 }),
    { code: 'ENOENT' },
    null,
  ]) {
    it(`is undefined for ${JSON.stringify(other)}`, () => {
      expect(errorCode(other)).to.equal(undefined);
    });
  }
});
