const all = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([whole, first]) => first ?? whole);

/** The page without code blocks. */
const withoutCode = (page: string): string => page.replace(/^```.*?^```$/gms, '');

/** Sections of pages that are cited by their path, as `docs/page.md#anchor`; more anchors of a page may follow: `, #other`. */
export const citedIn = (text: string): readonly string[] =>
  [...text.matchAll(/\b(docs\/[\w-]+\.md)((?:#[\w-]+(?:,(?:\s|\*)+(?=#[\w-]))?)*)/g)].flatMap(
    ([, page = '', cited = '']) =>
      cited === '' ? [page] : all(cited, /#([\w-]+)/g).map((anchor) => `${page}#${anchor}`),
  );

/** Targets of links and images within the repository, as written. */
export const linksIn = (page: string): readonly string[] =>
  [...all(page, /\]\(([^)\s]+)\)/g), ...all(page, /\b(?:src|srcset)="([^"]+)"/g)].filter(
    (target) => !/^[a-z]+:/.test(target),
  );

/** The anchors of a page: explicit ones, `<a id="…">`, and those that GitHub makes for headings. */
export const anchorsOf = (page: string): ReadonlySet<string> =>
  new Set([
    ...all(page, /<a id="([^"]+)">/g),
    ...all(withoutCode(page), /^#+ (.+)$/gm).map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  ]);

/** Names of pages, with their folders. */
export const mentionedIn = (text: string): readonly string[] =>
  all(text, /(?<![\w/.:$}-])[\w-][\w./-]*\.md\b/g);

/** Paths of files from the root of the repository; imports don't count, as they are relative to the module. */
export const pathsIn = (text: string): readonly string[] =>
  all(
    text,
    /(?<![\w/.$}-])(?:bench|bin|fuzz|lib|proto|samples|sim|simulate|spec|streams)\/[\w./-]+\.(?:ts|js|mjs|py|proto|json|ndjson|svg|png)\b/g,
  );

/** Scripts of package.json that a text runs. */
export const scriptsIn = (text: string): readonly string[] =>
  all(text, /\bnpm run (?:-s |--silent )?([a-z][\w:]*)/g);
