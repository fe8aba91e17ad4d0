import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { defer, type Observable, tap } from 'rxjs';
import { receiptOf } from '../../lib/clock/receipt.js';
import { deadLetterLine } from '../../lib/dead-letters/write-letter.js';
import type { Report } from '../../lib/log/event.js';
import type { DeadLettered } from '../../lib/rules/settlement.js';
import type { Outside } from './outside.js';

/** Dependencies of {@link deadLetterSink}. */
export interface DeadLetterSinkDeps {
  readonly stateDirectory: string;
  /** Past this the file is rotated, bytes. */
  readonly maxBytes: number;
  readonly report: Report;
  readonly outside: Pick<Outside, 'appendFile' | 'clock'>;
}

/** The file of dead letters. */
export interface DeadLetterSink {
  /** Stores a dead letter; emits once when it is stored, or reported as lost. */
  readonly store: (letter: DeadLettered) => Observable<unknown>;
  readonly close: () => Promise<void>;
}

/** Opens the file of dead letters, and ends a line that a power cut left torn. */
export const deadLetterSink = ({
  stateDirectory,
  maxBytes,
  report,
  outside: { appendFile, clock },
}: DeadLetterSinkDeps): DeadLetterSink => {
  const file = appendFile({ path: join(stateDirectory, 'dead-letters.ndjson'), maxBytes });
  void file.repair().then((repaired) => {
    if (E.isLeft(repaired)) report({ kind: 'state-unusable', detail: repaired.left });
  });
  const lineOf = (letter: DeadLettered): string =>
    deadLetterLine(letter, receiptOf(clock, letter.publish.arrivedAt ?? clock.uptimeMs()), maxBytes);
  return {
    store: (letter) =>
      defer(() => file.append(lineOf(letter))).pipe(
        tap((stored) => {
          if (E.isLeft(stored)) report({ kind: 'dead-letter-lost', letter, detail: stored.left });
        }),
      ),
    close: () => file.close(),
  };
};
