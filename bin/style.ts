import { styleText } from 'node:util';
import type { Style } from '../lib/explain/show.js';

const plain = (text: string): string => text;

/** Colours for a terminal; plain text elsewhere or if NO_COLOR is set (no-color.org). */
export const styleFor = ({ isTTY }: { readonly isTTY?: boolean }): Style =>
  isTTY && !process.env['NO_COLOR']
    ? {
        good: (text) => styleText('green', text),
        bad: (text) => styleText('red', text),
        faint: (text) => styleText('dim', text),
      }
    : { good: plain, bad: plain, faint: plain };
