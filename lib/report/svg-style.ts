import { dark, light, properties } from './palette.js';

const tones = ['notified', 'message', 'policy', 'waited', 'refused', 'open', 'arrival', 'accent'];

/** The style of each picture, with light and dark colours. */
export const svgStyle = `
svg{${properties(light)}font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
@media(prefers-color-scheme:dark){svg{${properties(dark)}}}
text{fill:var(--ink);dominant-baseline:central}
.m{fill:var(--muted)}.h{font-size:16px;font-weight:600}.s{font-size:10.5px;letter-spacing:.05em}
.r{text-anchor:end}.c{text-anchor:middle}.b{stroke:var(--panel);stroke-width:3.5px;paint-order:stroke}.n{font-variant-numeric:tabular-nums}
.paper{fill:var(--panel);stroke:var(--line)}.grid{stroke:var(--line)}.off{stroke-dasharray:2 4}
.on{stroke:var(--muted);stroke-width:1.4;opacity:.65}.band{opacity:.26}.arrow{opacity:.42}.columns{stroke-linecap:round}
.best-effort{fill:var(--panel);stroke:var(--arrival);stroke-width:1.6}
${tones.map((tone) => `.${tone}{fill:var(--${tone})}.arrow.${tone},.columns.${tone}{fill:none;stroke:var(--${tone})}`).join('')}`;
