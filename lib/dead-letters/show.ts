import { applyEdits, format } from 'jsonc-parser';
import { byteLength, bytesOf, type Payload } from '../rules/message/payload.js';
import { showDuration } from '../util/duration.js';
import { printable, shortened } from '../util/printable.js';
import type { Letter } from './letter.js';
import type { Mark } from './marks.js';
import type { LetterState } from './state.js';

/** A letter with its mark and its current state. */
export interface Known {
  readonly letter: Letter;
  readonly mark: Mark | undefined;
  readonly state: LetterState;
}

/** The header of a list, in the columns of {@link listLine}. */
export const listHead = columns('ID', 'REASON', 'AGE', 'CALLS', 'STATE', 'NAME');

/** A letter as a line of a list. Control characters are escaped. */
export const listLine = ({ letter, mark, state }: Known, now: number): string =>
  columns(
    letter.id,
    letter.reason,
    showDuration(Math.max(0, now - letter.settledAt)),
    `${letter.attempts + (mark?.attempts ?? 0)}`,
    state,
    nameOf(letter),
  );

/** The name of a letter, or its topic, cut and escaped. */
export const nameOf = ({ name, publish }: Letter): string =>
  printable(shortened(name ?? `(on ${publish.topic})`, 100));

function columns(
  id: string,
  reason: string,
  age: string,
  calls: string,
  state: string,
  name: string,
): string {
  return [id.padEnd(12), reason.padEnd(17), age.padStart(13), calls.padStart(5), state.padEnd(8), name].join(
    '  ',
  );
}

/** A letter's fields as JSON, without its payload: named as in the file, times in RFC 3339. */
export const fieldsOf = ({ letter, mark, state }: Known) => {
  const { id, ...stored } = storedFieldsOf(letter, mark);
  return { id, state, ...stored };
};

/** What {@link fieldsOf} gives without the state, which depends on the rules of the moment. */
export const storedFieldsOf = (letter: Letter, mark: Mark | undefined) => ({
  id: letter.id,
  reason: letter.reason,
  detail: letter.detail,
  name: letter.name,
  key: letter.key,
  topic: letter.publish.topic,
  qos: letter.publish.qos,
  retain: letter.publish.retain,
  attempts: letter.attempts + (mark?.attempts ?? 0),
  received_at: rfc3339(letter.publish.receivedAt),
  settled_at: rfc3339(letter.settledAt),
  replay: mark === undefined ? undefined : { outcome: mark.outcome, at: rfc3339(mark.at) },
});

/** A letter without its payload, as lines for a terminal. */
export const letterLines = (
  { letter, mark, state }: Known,
  goodUntil: number,
  now: number,
): readonly string[] => {
  const { publish } = letter;
  const ago = (at: number): string => `${rfc3339(at)}, ${showDuration(Math.max(0, now - at))} ago`;
  const flags = [`QoS ${publish.qos}`, publish.retain ? 'retained' : '', publish.dup ? 'DUP' : ''];
  const attempts = letter.attempts + (mark?.attempts ?? 0);
  return [
    `${letter.id}  ${state}`,
    field('reason', `${letter.reason}: ${letter.detail}`),
    field('name', letter.name ?? 'none found'),
    ...(letter.key === undefined ? [] : [field('key', letter.key)]),
    field('topic', publish.topic),
    field('received', `${ago(publish.receivedAt)}, ${flags.filter((flag) => flag !== '').join(', ')}`),
    field('settled', ago(letter.settledAt)),
    field('expires', Number.isFinite(goodUntil) ? rfc3339(goodUntil) : 'never'),
    field('calls', `${attempts}`),
    ...(mark === undefined ? [] : [field('replay', `${mark.outcome}, ${ago(mark.at)}`)]),
  ];
};

const field = (name: string, value: string): string => `  ${name.padEnd(9)} ${printable(value, 1_000)}`;

/** `never` for what a `Date` can't represent: clocks can be set to anything. */
const rfc3339 = (at: number): string => (Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : 'never');

/** How much of a payload is shown, bytes; `--json` has all of it. */
const shownBytes = 16_384;

/** A payload as lines for a terminal: indented JSON, text, or a hex dump. */
export const payloadLines = (payload: Payload): readonly string[] => {
  const bytes = byteLength(payload);
  const lines =
    'text' in payload ? textLines(payload.text) : hexLines(bytesOf(payload).subarray(0, shownBytes));
  const more = bytes > shownBytes ? [`(${bytes} bytes in all: --json shows them)`] : [];
  return [...lines, ...more].map((line) => `    ${line}`);
};

const textLines = (text: string): readonly string[] =>
  (isJson(text) && text.length <= shownBytes ? indented(text) : text.slice(0, shownBytes))
    .split('\n')
    .map((line) => printable(line, shownBytes));

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** Changes whitespace only: numbers stay as the sender wrote them. */
const indented = (json: string): string =>
  applyEdits(json, format(json, undefined, { insertSpaces: true, tabSize: 2, eol: '\n' }));

const hexLines = (bytes: Uint8Array): readonly string[] =>
  Array.from({ length: Math.ceil(bytes.length / 16) }, (_, row) => {
    const part = Buffer.from(bytes.subarray(row * 16, row * 16 + 16));
    const hex = part.toString('hex').replace(/../g, '$& ').padEnd(48);
    const ascii = part.toString('latin1').replace(/[^\x20-\x7e]/g, '.');
    return `${(row * 16).toString(16).padStart(8, '0')}  ${hex} ${ascii}`;
  });
