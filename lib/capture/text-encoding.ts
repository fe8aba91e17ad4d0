/** A text encoding other than UTF-8, by the first bytes: with a byte order mark, or ASCII characters without one. */
export const encodingOf = (head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined => {
  const [first, second, third, fourth] = head;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (isAscii(first) && second === 0 && isAscii(third) && fourth === 0) return 'utf-16le';
  return first === 0 && isAscii(second) && third === 0 && isAscii(fourth) ? 'utf-16be' : undefined;
};

const isAscii = (byte = 0): boolean => byte >= 0x09 && byte < 0x7f;

/** The same text in UTF-8, without a byte order mark. What is malformed becomes U+FFFD. */
export async function* asUtf8(
  encoding: 'utf-16le' | 'utf-16be',
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}
