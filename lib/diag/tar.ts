/** A file of an archive. The name is ASCII, and at most 100 characters. */
export interface ArchiveFile {
  readonly name: string;
  readonly content: Uint8Array;
}

const block = 512;

/** A tar archive (POSIX ustar) of plain files, mode 0600, that were all changed at `seconds` since the epoch. */
export const tarOf = (files: readonly ArchiveFile[], seconds: number): Buffer =>
  Buffer.concat([
    ...files.flatMap(({ name, content }) => [
      headerOf(name, content.length, seconds),
      content,
      Buffer.alloc((block - (content.length % block)) % block),
    ]),
    Buffer.alloc(2 * block),
  ]);

const headerOf = (name: string, size: number, seconds: number): Buffer => {
  const header = Buffer.alloc(block);
  const octal = (value: number, at: number, digits: number): void => {
    header.write(value.toString(8).padStart(digits, '0'), at);
  };
  header.write(name, 0, 100);
  octal(0o600, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  // A clock that was never set is no reason to fail.
  octal(Math.min(Math.max(0, Math.floor(seconds)), 0o77777777777), 136, 11);
  // The checksum is computed with spaces in its place.
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  octal(sum, 148, 6);
  header[154] = 0;
  return header;
};
