import { type LetterFilter, matchesFilter } from '../../lib/dead-letters/select.js';
import { fieldsOf, listHead, listLine } from '../../lib/dead-letters/show.js';
import type { LetterState } from '../../lib/dead-letters/state.js';
import { jsonLine } from '../../lib/util/printable.js';
import { exitCode } from '../exit-codes.js';
import { Output } from '../output.js';
import { styleFor } from '../style.js';
import { known, readable, type Session } from './session.js';

/** Lists the matching letters, oldest first, then how many are in each state. */
export const list = async (session: Session, filter: LetterFilter, json: boolean): Promise<number> => {
  const output = new Output(process.stdout);
  const { faint } = styleFor(process.stdout);
  const counts = new Map<LetterState | 'broken', number>();
  const count = (state: LetterState | 'broken', times = 1): void =>
    void counts.set(state, (counts.get(state) ?? 0) + times);
  if (!json) output.add(`${faint(listHead)}\n`);
  for await (const letter of readable(session, (lines) => count('broken', lines))) {
    if (output.gone) break;
    if (!matchesFilter(filter, letter)) continue;
    const each = known(session, letter);
    count(each.state);
    const line = json ? jsonLine(fieldsOf(each)) : listLine(each, session.clock.wallMs());
    output.add(`${each.state === 'open' || json ? line : faint(line)}\n`);
    await output.ready();
  }
  const counted = [...counts].map(([state, times]) => `${times} ${state}`).join(', ');
  if (!json) output.add(`${counted === '' ? 'no dead letters' : counted}\n`);
  output.flush();
  await output.ready();
  return exitCode.good;
};
