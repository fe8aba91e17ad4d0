/**
 * Length in UTF-8 bytes of a text inside a JSON string, as `JSON.stringify` writes it; computed without writing it,
 * which can take six times the memory.
 */
export const jsonBytes = (text: string): number => {
  let bytes = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x80) bytes += asciiBytes[code] ?? 1;
    else if (code < 0x800) bytes += 2;
    else if (code < 0xd800 || code > 0xdfff) bytes += 3;
    else if (isPair(code, text.charCodeAt(at + 1))) {
      bytes += 4;
      at += 1;
    } else bytes += 6;
  }
  return bytes;
};

/** A lone surrogate is escaped. */
const isPair = (high: number, low: number): boolean => high < 0xdc00 && low >= 0xdc00 && low <= 0xdfff;

const asciiBytes: readonly number[] = Array.from(
  { length: 0x80 },
  (_, code) => JSON.stringify(String.fromCharCode(code)).length - 2,
);
