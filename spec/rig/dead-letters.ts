import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { layout } from '../../lib/config/layout.js';
import { decodeJsonWith } from '../../lib/util/codec.js';

const DeadLetter = t.intersection([
  t.type({ reason: t.string, attempts: t.number, topic: t.string }),
  t.partial({
    key: t.string,
    payload: t.string,
    detail: t.string,
    received_at: t.string,
    settled_at: t.string,
  }),
]);

/** A dead letter as stored in the file. */
export type DeadLetter = t.TypeOf<typeof DeadLetter>;

/** The dead letters of a unit, or of another state directory; invalid lines are left out. */
export async function deadLetters(
  home: string,
  directory = layout(home).state,
): Promise<readonly DeadLetter[]> {
  const text = await readFile(join(directory, 'dead-letters.ndjson'), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const letter = decodeJsonWith(DeadLetter)(line);
    return E.isRight(letter) ? [letter.right] : [];
  });
}
