import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { encodeRun } from './encode.js';
import { markup } from './markup.js';
import { dark, light, properties } from './palette.js';
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

/** The style of the page, with light and dark colours as the browser or the reader prefers. */
const pageStyle = (): string =>
  `:root{${properties(light)}}
@media(prefers-color-scheme:dark){:root:not([data-theme=light]){${properties(dark)}}}
:root[data-theme=dark]{${properties(dark)}}
${source('page.css')}`;

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 8h14" stroke="${light.arrival}"/><circle cx="5" cy="8" r="3" fill="${light.notified}"/><circle cx="12" cy="8" r="2.4" fill="${light.waited}"/></svg>`;

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * A run as a self-contained page: an interactive marble diagram. Its content security policy forbids any request, and
 * any script or style but its own. Message content is embedded as data only: JSON that can't end its element, displayed as
 * plain text.
 */
export const htmlReport = (run: Run): string => {
  const encoded = encodeRun(run);
  const style = pageStyle();
  const script = pageScript();
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const title = markup(encoded.title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">
<style>${style}</style>
</head>
<body>
${source('page.html').replace('{title}', () => title)}
<script type="application/json" id="run">${embedded(encoded)}</script>
<script>${script}</script>
</body>
</html>
`;
};
