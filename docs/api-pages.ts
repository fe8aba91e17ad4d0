import { posix } from 'node:path';
import { declarations, entries } from '../packaging/types.js';

/** What a file of declarations exports. */
interface Exported {
  readonly name: string;
  /** The text of its docstring, without the comment's own signs. */
  readonly doc: string;
  readonly code: string;
}

const reference = /^export \{([^}]*)\} from '([^']+)';$|^export type \{([^}]*)\} from '([^']+)';$/gm;

/** The pages of `docs/api`, one for each entry point, by name: from the declarations that are published. */
export const apiPages = async (): Promise<ReadonlyMap<string, string>> => {
  const files = await declarations();
  const pages = new Map<string, string>();
  for (const entry of entries) {
    const file = `api/${entry}.d.ts`;
    const text = files.get(file) ?? '';
    const all = [...text.matchAll(reference)].flatMap(([, values = '', from, types = '', typesFrom]) => {
      const target = posix.join('api', from ?? typesFrom ?? '').replace(/\.js$/, '.d.ts');
      const names = `${values},${types}`.split(',').map((each) => each.replace(/\btype\b/, '').trim());
      const known = exportsOf(files.get(target) ?? '');
      return known.filter(({ name }) => names.includes(name));
    });
    pages.set(`${entry}.md`, page(entry, docOf(/^\/\*\*.*?\*\//s.exec(text)?.[0] ?? ''), all));
  }
  return pages;
};

const page = (entry: string, about: string, all: readonly Exported[]): string => {
  const specifier = entry === 'index' ? 'cvmqtt' : `cvmqtt/${entry}`;
  const sorted = [...all].sort((one, other) => (one.name < other.name ? -1 : 1));
  return [
    `# ${specifier}`,
    '',
    'Written by `npm run docs` from the declarations. [How to use the library](../library.md).',
    '',
    about,
    ...sorted.flatMap(({ name, doc, code }) => [
      '',
      `## ${name}`,
      ...(doc === '' ? [] : ['', doc]),
      '',
      '```ts',
      code,
      '```',
    ]),
    '',
  ].join('\n');
};

/** The exported declarations of a file as tsc writes it: each begins at the start of a line. */
const exportsOf = (text: string): readonly Exported[] =>
  text
    .split(/\n(?=\/\*\*|(?<!\*\/\n)(?:export|declare|import|type|interface) )/)
    .flatMap((part): readonly Exported[] => {
      const [, doc = '', code = '', name = ''] =
        /^(\/\*\*.*?\*\/\n)?(export (?:declare )?(?:abstract )?(?:const|function|class|interface|type) (\w+).*)$/s.exec(
          part.trim(),
        ) ?? [];
      return name === '' ? [] : [{ name, doc: docOf(doc), code: code.replace(/^export (declare )?/, '') }];
    });

const docOf = (comment: string): string =>
  comment
    .replace(/^\/\*\*|\*\/\s*$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .replace(/\{@link (\w+)\}/g, '`$1`')
    .trim();
