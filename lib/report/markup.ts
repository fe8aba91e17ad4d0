/** What XML 1.0 has no place for; controls and lone surrogates are escaped before, by `printable`. */
const noCharacter = /[\ufffe\uffff]/g;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text that `printable` made, as text or as a quoted attribute of HTML and XML: it stays text, whatever is in it. */
export const markup = (text: string): string =>
  text.replace(noCharacter, '\ufffd').replace(/[&<>"']/g, (char) => entities[char] ?? '');
