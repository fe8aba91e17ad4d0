import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { Payload } from '../rules/message/payload.js';
import { payloadOf } from '../rules/message/payload.js';
import { jsonOf } from '../util/json-of.js';
import { isTime } from '../util/time.js';
import type { PublishLine } from './publish-line.js';

/**
 * When mosquitto_sub wrote a line, ms since the epoch; undefined for an invalid `tst`. Before 2.0 it was a number of s. 2.0.11
 * writes the zone after a `Z`: `2026-11-23T08:51:34.396355Z+0100` is local time.
 */
export const timeOf = (tst: string | number): number | undefined => {
  if (typeof tst === 'number') return tst * 1000;
  const time = Date.parse(tst.replace(/Z(?=[+-]\d{4}$)/, ''));
  return isTime(time) ? time : undefined;
};

/**
 * The payload in a line of mosquitto_sub. The same JSON may mean different payloads; `payloadlen` tells which:
 *
 * - `%j` writes text as a string, an empty payload as null, and (after 2.0) anything else as an array of bytes;
 * - `%J` writes a JSON payload unquoted: we write it as text again, as JavaScript formats it.
 *
 * Left: the text is shorter than the payload, as mosquitto_sub cut it at its first NUL.
 */
export const payloadOfMosquitto = ({ payload, payloadlen }: PublishLine): E.Either<string, Payload> => {
  if (typeof payload === 'string') {
    const text = payload.toWellFormed();
    const length = Buffer.byteLength(text);
    if (payloadlen === undefined || length === payloadlen) return E.right({ text });
    const json = JSON.stringify(payload);
    return Buffer.byteLength(json) === payloadlen
      ? E.right({ text: json })
      : E.left(`has ${length} of ${payloadlen} bytes of the payload: mosquitto_sub cuts it at a NUL`);
  }
  if (payload === undefined || (payload === null && payloadlen !== 4)) return E.right({ text: '' });
  if (Array.isArray(payload) && payload.length === payloadlen && payload.every(isByte)) {
    return E.right(payloadOf(Uint8Array.from(payload)));
  }
  return pipe(
    jsonOf(payload),
    E.bimap(
      (detail) => `field payload: ${detail}`,
      (text) => ({ text }),
    ),
  );
};

/**
 * Mends a line of mosquitto_sub 1.5, which wrote quotes, backslashes and control characters with a decimal code: `\u0034` for
 * a quote, which is the code of the digit 4, and never needed. Any other line is unchanged.
 */
export const mended = (line: string): string =>
  /(?<!\\)\\u0034/.test(line) && !line.includes('\\"')
    ? line.replace(/\\u00(\d\d)/g, (_, code: string) => `\\u00${Number(code).toString(16).padStart(2, '0')}`)
    : line;

const isByte = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;
