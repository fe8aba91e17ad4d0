import type { Run } from '../../lib/report/run.js';
import { messageKey } from '../../lib/rules/message/message-key.js';
import { reasons } from '../../lib/rules/rejection.js';
import type { Settlement } from '../../lib/rules/settlement.js';
import { resultOf } from '../../lib/rules/tally.js';
import { jsonLine, printable, shortened } from '../../lib/util/printable.js';

/** Each result, padded to the width of the longest. */
const column = new Map(['notified', ...reasons].map((result) => [result, result.padEnd(17)]));

/** A settlement as a line of text: time, result, name. `atMs`: since the start of the run. */
export const textLine = (settlement: Settlement, atMs: number): string => {
  const { message, publish } = settlement;
  const what = shown(message?.name ?? `a message on ${publish.topic}`);
  const waited = settlement.tookMs < 1 ? '' : `, after ${(settlement.tookMs / 1000).toFixed(3)} s`;
  const why = settlement.kind === 'dead-lettered' ? `: ${printable(settlement.detail)}` : '';
  return `${clock(atMs)}  ${column.get(resultOf(settlement))} ${what}${waited}${why}\n`;
};

/**
 * What is known of the calls to cvmain: they were `made`, their failures are those that were `recorded`, or each is `assumed`
 * to succeed.
 */
export type CallsFrom = Run['calls'];

/** A settlement as a line of JSON. `atMs`: since the start of the run. */
export const jsonLineOf = (settlement: Settlement, atMs: number, calls: CallsFrom): string => {
  const { message, publish, attempts, tookMs } = settlement;
  return `${jsonLine({
    at_ms: atMs,
    seq: publish.seq,
    end: resultOf(settlement),
    detail: settlement.kind === 'dead-lettered' ? settlement.detail : undefined,
    name: message?.name,
    key: messageKey(publish),
    topic: publish.topic,
    qos: publish.qos,
    received_at: new Date(publish.receivedAt).toISOString(),
    attempts,
    took_ms: tookMs,
    calls,
  })}\n`;
};

const harmless = /^[\x20-\x7e]{1,100}$/;

/** Fast path for plain names: nearly all are, and there may be a million of them. */
const shown = (name: string): string => (harmless.test(name) ? name : printable(shortened(name, 100)));

const pad = (number: number): string => (number < 10 ? `0${number}` : `${number}`);

let shownSecond = -1;
let shownTime = '';

/** Formats seconds as `hh:mm:ss.`. Cached, as most lines fall in the same second as the one before. */
const timeOf = (second: number): string => {
  if (second !== shownSecond) {
    shownSecond = second;
    shownTime = `${pad(Math.floor(second / 3600))}:${pad(Math.floor(second / 60) % 60)}:${pad(second % 60)}.`;
  }
  return shownTime;
};

/** `hh:mm:ss.mmm` */
const clock = (ms: number): string => {
  const whole = Math.floor(ms);
  const millis = whole % 1000;
  return `${timeOf(Math.floor(whole / 1000))}${millis < 100 ? '0' : ''}${pad(millis)}`;
};
