import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { receiptOf } from '../../lib/clock/receipt.js';
import { systemClock } from '../../lib/clock/system-clock.js';
import { layout } from '../../lib/config/layout.js';
import { deadLetterLine } from '../../lib/dead-letters/write-letter.js';
import type { Reason } from '../../lib/rules/rejection.js';
import type { DeadLettered } from '../../lib/rules/settlement.js';
import { publishOf, type Sent } from '../support/shorthand.js';

/** The line of a dead letter with the given age. */
export const lineOf = (
  sent: Sent,
  {
    reason = 'unregistered',
    ageMs = 60_000,
    detail = 'as the test asked',
  }: {
    readonly reason?: Reason;
    readonly ageMs?: number;
    readonly detail?: string;
  } = {},
): string => {
  const publish = publishOf(1, sent);
  const name = typeof sent === 'string' ? sent : sent.name;
  const letter: DeadLettered = {
    kind: 'dead-lettered',
    publish: { ...publish, receivedAt: Date.now() - ageMs },
    ...(name === undefined
      ? {}
      : {
          message: {
            name,
            integration: '',
            message: '',
            body: publish.payload,
            publish,
            lifetimeMs: Number.POSITIVE_INFINITY,
          },
        }),
    reason,
    detail,
    attempts: 0,
    tookMs: 0,
  };
  return deadLetterLine(letter, receiptOf(systemClock, systemClock.uptimeMs() - ageMs));
};

/** Writes lines to a unit's file of dead letters, or to the rotated one. */
export const putLetters = async (home: string, lines: readonly string[], file = 'dead-letters.ndjson') => {
  const { state } = layout(home);
  await mkdir(state, { recursive: true });
  await writeFile(join(state, file), lines.map((line) => `${line}\n`).join(''));
};
