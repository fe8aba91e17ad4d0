import { createHash } from 'node:crypto';
import { markup } from './markup.js';
import { dark, light, properties } from './palette.js';

/** The content of a page. */
export interface Page {
  /** Escaped where necessary by {@link htmlDocument}. */
  readonly title: string;
  /** The style of the page, without colours. */
  readonly style: string;
  /** Styles of elements in the body. */
  readonly more?: readonly string[];
  /** HTML. */
  readonly body: string;
  /** Runs at the end of the body. */
  readonly script?: string;
}

/** Light and dark colours, as the browser or the reader prefers. */
const colours = `:root{${properties(light)}}
@media(prefers-color-scheme:dark){:root:not([data-theme=light]){${properties(dark)}}}
:root[data-theme=dark]{${properties(dark)}}
`;

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 8h14" stroke="${light.arrival}"/><circle cx="5" cy="8" r="3" fill="${light.notified}"/><circle cx="12" cy="8" r="2.4" fill="${light.waited}"/></svg>`;

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** A self-contained page: its content security policy forbids any request, and any script or style but these. */
export const htmlDocument = ({ title, style, more = [], body, script }: Page): string => {
  const styles = `${colours}${style}`;
  const policy = [
    "default-src 'none'",
    ...(script === undefined ? [] : [`script-src ${hashOf(script)}`]),
    `style-src ${[styles, ...more].map(hashOf).join(' ')}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${markup(title)}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">
<style>${styles}</style>
</head>
<body>
${body}
${script === undefined ? '' : `<script>${script}</script>\n`}</body>
</html>
`;
};
