import * as E from 'fp-ts/lib/Either.js';
import { idsMeant } from '../../lib/dead-letters/select.js';
import { fieldsOf, letterLines, payloadLines } from '../../lib/dead-letters/show.js';
import { goodUntil, type LetterState, publishAgain } from '../../lib/dead-letters/state.js';
import { explain } from '../../lib/explain/explain.js';
import { stepLines } from '../../lib/explain/show.js';
import { byteLength } from '../../lib/rules/message/payload.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import { publishToJson } from '../../lib/rules/message/publish-json.js';
import { jsonLine } from '../../lib/util/printable.js';
import { judge } from '../../streams/programs/judge-one.js';
import { exitCode, print } from '../command.js';
import { styleFor } from '../style.js';
import { type Failure, known, type Opened, readable } from './session.js';

/** What replay makes of a letter in this state. */
const notes: Readonly<Record<LetterState, string>> = {
  open: '',
  'in-doubt': 'a replay of it was interrupted, so cvmain may have it; ',
  stale: 'its time is over, and replay sends it with --stale alone; ',
  excerpt: 'only the beginning of its payload was kept, so that replay does not send it; ',
  replayed: 'it was replayed, and replay does not send it twice; ',
};

const sizeOf = ({ payload, oversized }: Publish): string =>
  oversized === undefined
    ? `${byteLength(payload)} bytes`
    : `${oversized.bytes} bytes, sha256 ${oversized.sha256}; its first ${byteLength(payload)} bytes:`;

/** Shows one letter in full, and how it would be decided now. Left: there is none of this id. */
export const show = async (opened: Opened, id: string, json: boolean): Promise<E.Either<Failure, number>> => {
  const ids = new Set<string>();
  for await (const letter of readable(opened)) ids.add(letter.id);
  const meant = idsMeant([id], ids);
  if (E.isLeft(meant)) return E.left({ detail: meant.left, exitCode: exitCode.usage });
  for await (const letter of opened.letters.read()) {
    if (!('id' in letter) || !meant.right.has(letter.id)) continue;
    const { rules, unit, clock } = opened;
    const each = known(opened, letter);
    const settlement = judge(rules, unit.integrations)(publishAgain(rules.decodeRules, letter, clock));
    const steps = explain(rules, unit.integrations, settlement);
    const end = settlement.kind === 'notified' ? settlement.kind : settlement.reason;
    if (json) {
      print(jsonLine({ ...fieldsOf(each), ...publishToJson(letter.publish), now: { end, steps } }));
      continue;
    }
    const style = styleFor(process.stdout);
    const verdict =
      end === 'notified' ? style.good('would be notified') : style.bad(`would not be notified: ${end}`);
    const lines = [
      ...letterLines(each, goodUntil(rules.decodeRules, letter), clock.wallMs()),
      `  payload   ${sizeOf(letter.publish)}`,
      ...payloadLines(letter.publish.payload),
      '',
      `${notes[each.state]}sent again now, it ${verdict}`,
      '',
      ...stepLines(steps, style),
    ];
    for (const line of lines) print(line);
  }
  return E.right(exitCode.good);
};
