import * as E from 'fp-ts/lib/Either.js';
import { resolveIds } from '../../lib/dead-letters/select.js';
import { fieldsOf, letterLines, payloadLines } from '../../lib/dead-letters/show.js';
import { goodUntil, type LetterState, publishAgain } from '../../lib/dead-letters/state.js';
import { explain } from '../../lib/explain/explain.js';
import { stepLines } from '../../lib/explain/show.js';
import { stepToJson } from '../../lib/explain/step.js';
import { byteLength } from '../../lib/rules/message/payload.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import { publishToJson } from '../../lib/rules/message/publish-json.js';
import { plural } from '../../lib/util/plural.js';
import { jsonLine } from '../../lib/util/printable.js';
import { dryRun } from '../../streams/programs/dry-run.js';
import { print } from '../command.js';
import { exitCode } from '../exit-codes.js';
import { styleFor } from '../style.js';
import { type Failure, known, readable, type Session } from './session.js';

/** How replay treats a letter in each state. */
const notes: Readonly<Record<LetterState, string>> = {
  open: '',
  'in-doubt': 'its replay was interrupted, so cvmain may have it already; ',
  stale: 'it is expired, and replay sends it only with --stale; ',
  excerpt: 'only the beginning of its payload was kept, so replay does not send it; ',
  replayed: 'it was replayed already, and replay does not send it twice; ',
};

const sizeOf = ({ payload, oversized }: Publish): string =>
  oversized === undefined
    ? plural(byteLength(payload), 'byte')
    : `${oversized.bytes} bytes, sha256 ${oversized.sha256}; its first ${byteLength(payload)} bytes:`;

/** Shows one letter in full, and what would become of it now. Left: an unknown id or an ambiguous prefix. */
export const show = async (
  session: Session,
  id: string,
  json: boolean,
): Promise<E.Either<Failure, number>> => {
  const ids = new Set<string>();
  for await (const letter of readable(session)) ids.add(letter.id);
  const meant = resolveIds([id], ids);
  if (E.isLeft(meant)) return E.left({ detail: meant.left, exitCode: exitCode.usage });
  for await (const letter of session.letters.read()) {
    if (!('id' in letter) || !meant.right.has(letter.id)) continue;
    const { rules, unit, clock } = session;
    const each = known(session, letter);
    const settlement = dryRun(rules, unit.integrations)(publishAgain(rules.decodeRules, letter, clock));
    const steps = explain(rules, unit.integrations, settlement);
    const end = settlement.kind === 'notified' ? settlement.kind : settlement.reason;
    if (json) {
      print(
        jsonLine({
          ...fieldsOf(each),
          ...publishToJson(letter.publish),
          now: { end, steps: steps.map(stepToJson) },
        }),
      );
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
