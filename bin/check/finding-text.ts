import type { Finding } from '../../lib/check/finding.js';
import type { Style } from '../../lib/explain/show.js';
import { printable } from '../../lib/util/printable.js';

/** A finding for people: a line, and one with what to do. Escaped. */
export const findingText = ({ subject, level, text, advice }: Finding, style: Style): string => {
  const mark = (level === 'ok' ? style.good : style.bad)(level.padEnd(7));
  const line = `${mark} ${printable(subject)}: ${printable(text)}`;
  return advice === undefined ? line : `${line}\n        ${style.faint(`→ ${printable(advice)}`)}`;
};
