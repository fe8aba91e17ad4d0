import { readFileSync } from 'node:fs';
import { source as reportSource } from '../../../lib/report/html.js';
import { marks } from '../../../lib/report/marks.js';
import { markup } from '../../../lib/report/markup.js';
import { dark, light, properties } from '../../../lib/report/palette.js';
import { embedded } from '../../../lib/report/texts.js';

/** A file for the browser. */
export interface Asset {
  readonly type: string;
  readonly body: string;
}

/** The page's own modules. */
const modules = [
  'apps',
  'canvas',
  'details',
  'forms',
  'lanes',
  'main',
  'messages',
  'paint',
  'registry',
  'scene',
  'store',
] as const;

/** The modules of the report's page that it imports. */
const reportModules = ['dom', 'time'] as const;

const source = (file: string): string => readFileSync(new URL(`./live/${file}`, import.meta.url), 'utf8');

const script = (body: string): Asset => ({ type: 'text/javascript; charset=utf-8', body });

const style = (): string =>
  `:root{${properties(light)}}
@media(prefers-color-scheme:dark){:root{${properties(dark)}}}
${source('live.css')}`;

/** What is served, by path. Paths of modules are such that their imports lead from one to the other. */
export const assetsOf = (token: string): ReadonlyMap<string, Asset> =>
  new Map([
    [
      '/',
      {
        type: 'text/html; charset=utf-8',
        body: source('live.html')
          .replace('{token}', () => markup(token))
          .replace('"{marks}"', () => embedded(marks)),
      },
    ],
    ['/live.css', { type: 'text/css; charset=utf-8', body: style() }],
    ...modules.map((name) => [`/live/${name}.js`, script(source(`${name}.js`))] as const),
    ...reportModules.map(
      (name) => [`/lib/report/page/${name}.js`, script(reportSource(`${name}.js`))] as const,
    ),
  ]);
