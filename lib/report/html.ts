import { readFileSync } from 'node:fs';
import { htmlDocument } from './document.js';
import { encodeRun } from './encode.js';
import { markup } from './markup.js';
import type { Run } from './run.js';
import { embedded } from './texts.js';

/** The page's modules, each after those that it imports. */
export const pageModules = [
  'search',
  'time',
  'view',
  'walk',
  'spots',
  'dom',
  'decode',
  'facts',
  'filter',
  'lanes',
  'layout',
  'scene',
  'steps',
  'emphasis',
  'hit',
  'hits',
  'latencies',
  'printing',
  'motion',
  'gestures',
  'keyboard',
  'paint-lane',
  'paint',
  'overview',
  'plot',
  'strip',
  'clamped',
  'column',
  'panel',
  'summary',
  'summarise',
  'main',
] as const;

/** The text of a file of the page. */
export const source = (file: string): string =>
  readFileSync(new URL(`./page/${file}`, import.meta.url), 'utf8');

/** The modules as one script, without their docs: what they share needs no import where all is in one scope. */
export const pageScript = (): string => {
  const joined = pageModules
    .map((module) => source(`${module}.js`))
    .join('\n')
    .replace(/\/\*\*[\s\S]*?\*\//g, '')
    .replace(/^import [^;]*;$/gm, '')
    .replace(/^export (?=const )/gm, '')
    .replace(/\n\s*\n/g, '\n');
  return `(() => {\n'use strict';\n${joined}})();\n`;
};

/**
 * A run as a self-contained page: an interactive marble diagram. Message content is embedded as data only: JSON that can't
 * end its element, displayed as plain text.
 */
export const htmlReport = (run: Run): string => {
  const encoded = encodeRun(run);
  return htmlDocument({
    title: encoded.title,
    style: source('page.css'),
    body: `${source('page.html').replace('{title}', () => markup(encoded.title))}
<script type="application/json" id="run">${embedded(encoded)}</script>`,
    script: pageScript(),
  });
};
