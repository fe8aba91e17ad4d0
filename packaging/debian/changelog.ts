/** Lintian warns past 80 characters. */
const width = 76;

/**
 * Debian's changelog (deb-changelog(5)) with one entry, for `version`: what CHANGELOG.md says in its first section. `date`
 * is its time, and `maintainer` who signs it. Links become their text.
 */
export const debianChangelog = (
  changelog: string,
  {
    version,
    maintainer,
    date,
  }: { readonly version: string; readonly maintainer: string; readonly date: Date },
): string => {
  const [, first = ''] = changelog.split(/^## .*\n/m);
  const blocks = first
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .split(/^(?=### |- )/m)
    .map((block) => block.trim().replace(/\s+/g, ' '))
    .filter((block) => block !== '');
  return [
    `cvmqtt (${version}) unstable; urgency=medium\n`,
    ...blocks.map((block) => (block.startsWith('### ') ? `  [ ${block.slice(4)} ]` : item(block))),
    `\n -- ${maintainer}  ${date.toUTCString().replace('GMT', '+0000')}\n`,
  ].join('\n');
};

const item = (block: string): string => `  * ${wrapped(block.replace(/^- /, '')).join('\n    ')}`;

/** Lines of at most `width` characters; a longer word is a line of its own. */
const wrapped = (text: string): readonly string[] =>
  text.match(new RegExp(`\\S.{0,${width - 1}}(?= |$)|\\S+`, 'g')) ?? [];
