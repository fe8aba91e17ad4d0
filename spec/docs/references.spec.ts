import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import * as t from 'io-ts';
import { decodeJsonWith } from '../../lib/util/codec.js';
import { rightOf } from '../support/either.js';
import { root } from '../support/imports.js';
import { anchorsOf, citedIn, linksIn, mentionedIn, pathsIn, scriptsIn } from './support/references.js';

/** Folders and files of the repository; what a user's own commands leave in a checkout is excluded. */
const folders = [
  'bench',
  'bin',
  'docs',
  'fuzz',
  'lib',
  'packaging',
  'proto',
  'samples',
  'sim',
  'simulate',
  'spec',
  'streams',
];

const isText = (file: string): boolean => /\.(ts|js|mjs|md|py|proto|css|html|service)$/.test(file);

const files = [
  ...readdirSync(root).filter((name) => /\.(ts|md)$/.test(name)),
  ...folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  ),
].filter((file) => isText(file) && !file.startsWith('spec/docs/'));

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

const pages = files.filter((file) => file.endsWith('.md'));

const anchors = new Map(pages.map((page) => [page, anchorsOf(textOf(page))]));

/** Whether the page exists, with the anchor if one is given. */
const isThere = (page: string, anchor: string | undefined): boolean =>
  anchor === undefined ? existsSync(join(root, page)) : (anchors.get(page)?.has(anchor) ?? false);

/** The folders that contain a file. */
const above = (file: string): readonly string[] =>
  file === '.' ? [] : [dirname(file), ...above(dirname(file))];

/** The invalid references in each file, as `file: reference`. */
const wrong = (
  of: readonly string[],
  references: (text: string) => readonly string[],
  isGood: (reference: string, file: string) => boolean,
): readonly string[] =>
  of.flatMap((file) =>
    references(textOf(file))
      .filter((reference) => !isGood(reference, file))
      .map((reference) => `${file}: ${reference}`),
  );

describe('references', () => {
  it('to sections in docs/ lead to existing ones, from code and pages', () => {
    const isGood = (reference: string): boolean => {
      const [page = '', anchor] = reference.split('#');
      return isThere(page, anchor);
    };
    expect(files.flatMap((file) => citedIn(textOf(file))).length).to.be.above(80);
    expect(wrong(files, citedIn, isGood)).to.deep.equal([]);
  });

  it('in links of pages lead to an existing file and heading', () => {
    const isGood = (reference: string, file: string): boolean => {
      const [path = '', anchor] = reference.split('#');
      return isThere(path === '' ? file : join(dirname(file), path), anchor);
    };
    expect(pages.flatMap((page) => linksIn(textOf(page))).length).to.be.above(40);
    expect(wrong(pages, linksIn, isGood)).to.deep.equal([]);
  });

  it('are not in two versions of an unfinished merge', () => {
    expect(files.filter((file) => /^[<>]{7} /m.test(textOf(file)))).to.deep.equal([]);
  });

  it('name only pages of the repository', () => {
    const isGood = (name: string, file: string): boolean =>
      ['docs', ...above(file)].some((folder) => existsSync(join(root, folder, name)));
    expect(wrong(files, mentionedIn, isGood)).to.deep.equal([]);
  });

  it('to files of the repository name existing files', () => {
    expect(wrong(files, pathsIn, (path) => existsSync(join(root, path)))).to.deep.equal([]);
  });

  it('to scripts name scripts of package.json', () => {
    const { scripts } = rightOf(
      decodeJsonWith(t.type({ scripts: t.record(t.string, t.string) }))(textOf('package.json')),
    );
    const isGood = (script: string): boolean => script in scripts;
    expect(pages.flatMap((page) => scriptsIn(textOf(page))).length).to.be.above(20);
    expect(wrong(files, scriptsIn, isGood)).to.deep.equal([]);
  });

  it('in docs/faults.md lead to a spec in each row', () => {
    const specs = [...textOf('docs/faults.md').matchAll(/^\|.*\| (`[^|]+`) \|$/gm)].map(([, cell = '']) => {
      let folder = 'spec/e2e/faults';
      return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => {
        const path = name.startsWith('…/') ? join(folder, name.slice(2)) : join('spec/e2e/faults', name);
        folder = dirname(path);
        return path;
      });
    });
    expect(specs.length).to.be.above(60);
    const missing = specs
      .flat()
      .filter((path) => !['.spec.ts', ''].some((end) => existsSync(join(root, path + end))));
    expect(missing).to.deep.equal([]);
  });
});

describe('references: this spec finds', () => {
  it('cited sections, even several of one page, over several lines of a comment', () => {
    expect(citedIn('(docs/a.md#x, #y;\n * docs/b.md#z) docs/c.md.')).to.deep.equal([
      'docs/a.md#x',
      'docs/a.md#y',
      'docs/b.md#z',
      'docs/c.md',
    ]);
    expect(citedIn('docs/a.md#x,\n * #y')).to.deep.equal(['docs/a.md#x', 'docs/a.md#y']);
  });

  it('links, images and their anchors, but no web addresses', () => {
    expect(linksIn('[a](b.md#c) ![d](e.svg) <img src="f.png"> [g](https://h/i.md) [j](#k)')).to.deep.equal([
      'b.md#c',
      'e.svg',
      '#k',
      'f.png',
    ]);
  });

  it('the anchors of a page: explicit ones, and those of headings', () => {
    expect([...anchorsOf('<a id="one"></a>\n## Two, and `three`\n```\n# no\n```\n')]).to.deep.equal([
      'one',
      'two-and-three',
    ]);
  });

  it('scripts', () => {
    expect(scriptsIn('`npm run a:b -- --c` && npm run --silent d, npm run -s e')).to.deep.equal([
      'a:b',
      'd',
      'e',
    ]);
  });

  it('named pages and files', () => {
    expect(mentionedIn('see anchors.md, "x"; not https://a.b/c.md')).to.deep.equal(['anchors.md']);
    expect(pathsIn("lib/a/b.ts: '../lib/c.js' dist/bin/d.js `spec/e.spec.ts`")).to.deep.equal([
      'lib/a/b.ts',
      'spec/e.spec.ts',
    ]);
  });
});
