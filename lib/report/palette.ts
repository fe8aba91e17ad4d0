import type { Tone } from './marks.js';

/** The names of the colours of a report. */
export type Colour = Tone | 'paper' | 'panel' | 'ink' | 'muted' | 'line' | 'arrival' | 'accent';

/** A colour for each; text and marks have a contrast of at least 4.5 : 1 on paper and panel (WCAG 2.2, AA). */
export type Palette = Readonly<Record<Colour, string>>;

/** The light theme. */
export const light: Palette = {
  paper: '#f8f8f6',
  panel: '#ffffff',
  ink: '#1c2126',
  muted: '#59636e',
  line: '#d8dbdd',
  arrival: '#46525e',
  accent: '#1a5fd0',
  notified: '#0a7569',
  message: '#7646bd',
  policy: '#8a5d00',
  waited: '#b04a0c',
  refused: '#bd2440',
  open: '#5d6b79',
};

/** The dark theme. */
export const dark: Palette = {
  paper: '#14171b',
  panel: '#1b1f25',
  ink: '#e7eaed',
  muted: '#9ba6b1',
  line: '#333b44',
  arrival: '#aeb9c4',
  accent: '#78b0ff',
  notified: '#45cbb6',
  message: '#bb9ff5',
  policy: '#e2b548',
  waited: '#f5985f',
  refused: '#fb8193',
  open: '#98a5b3',
};

/** A palette as CSS custom properties: `--ink:#…;`. */
export const properties = (palette: Palette): string =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour};`)
    .join('');
