/** Characters that XML 1.0 does not allow; `printable` has already escaped controls and lone surrogates. */
const noCharacter = /[\ufffe\uffff]/g;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes a text from `printable` for use as text or as a quoted attribute in HTML and XML. */
export const markup = (text: string): string =>
  text.replace(noCharacter, '\ufffd').replace(/[&<>"']/g, (char) => entities[char] ?? '');
