import { jsonLine, printable, shortened } from '../../lib/log/printable.js';
import type { Settlement } from '../../lib/settlement.js';
import { endOf } from '../../lib/tally.js';

/** A settlement for people: when, how it ended, and what it was. `atMs` is since the start of the run. */
export const textLine = (settlement: Settlement, atMs: number): string => {
  const { message, publish } = settlement;
  const what = shown(message?.name ?? `a message on ${publish.topic}`);
  const waited = settlement.tookMs < 1 ? '' : `, after ${(settlement.tookMs / 1000).toFixed(3)} s`;
  const why = settlement.kind === 'dead-lettered' ? `: ${printable(settlement.detail)}` : '';
  return `${clock(atMs)}  ${endOf(settlement).padEnd(17)} ${what}${waited}${why}\n`;
};

/** The same for programs, as a line of JSON. */
export const jsonLineOf = (settlement: Settlement, atMs: number): string => {
  const { message, publish, attempts, tookMs } = settlement;
  return `${jsonLine({
    at_ms: atMs,
    seq: publish.seq,
    end: endOf(settlement),
    detail: settlement.kind === 'dead-lettered' ? settlement.detail : undefined,
    name: message?.name,
    topic: publish.topic,
    qos: publish.qos,
    received_at: new Date(publish.receivedAt).toISOString(),
    attempts,
    took_ms: tookMs,
  })}\n`;
};

const harmless = /^[\x20-\x7e]{1,100}$/;

/** Nearly all names are plain, and there may be a million of them. */
const shown = (name: string): string => (harmless.test(name) ? name : printable(shortened(name, 100)));

const pad = (number: number): string => (number < 10 ? `0${number}` : `${number}`);

/** `hh:mm:ss.mmm` */
const clock = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  const millis = `${Math.floor(ms) % 1000}`.padStart(3, '0');
  return `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}.${millis}`;
};
