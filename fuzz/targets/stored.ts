import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { receiptToJson } from '../../lib/clock/receipt.js';
import { deadLetterFile, openDeadLetters } from '../../lib/dead-letters/letters.js';
import { readMarks } from '../../lib/dead-letters/marks.js';
import { letterLines, listLine } from '../../lib/dead-letters/show.js';
import { goodUntil, stateOf } from '../../lib/dead-letters/state.js';
import { readText } from '../../lib/storage/read-text.js';
import { SpoolFile } from '../../lib/storage/spool/spool-file.js';
import { doneLine, messageLine } from '../../lib/storage/spool/spool-record.js';
import { keptPath } from '../../lib/storage/state-formats.js';
import { isTime } from '../../lib/util/time.js';
import { clockWith, receiptAt } from '../../spec/support/clock.js';
import { steering } from '../../spec/support/hostile-text.js';
import { publishOf } from '../../spec/support/shorthand.js';
import { check, type Target } from '../target.js';
import { mutateText } from '../text.js';

/** One directory for all cases of a run: what is in it is written anew each time. */
let made: string | undefined;
export const directory = (): string => {
  made ??= mkdtempSync(join(tmpdir(), 'cvmqtt-fuzz-'));
  return made;
};

const letter = JSON.stringify({
  format: 1,
  settled_at: '2024-02-29T12:00:01.000Z',
  reason: 'unregistered',
  detail: 'no integration "int1" is registered',
  name: 'int1-open',
  attempts: 1,
  topic: 's2u/cv1/command',
  qos: 1,
  retain: false,
  dup: false,
  received_at: '2024-02-29T12:00:00.000Z',
  receipt: receiptToJson(receiptAt()),
  expires_in_ms: 60_000,
  payload: '{"function":"int1-open","timeout":5000}',
});
const spooled = (id: number, integration: string) =>
  messageLine(id, {
    integration,
    receipt: receiptAt(),
    publish: publishOf(1, {
      topic: 's2u/cv1/command',
      text: `{"function":"${integration}-a"}`,
      receivedAt: 1e12,
    }),
  });

/** More than a file of 64 KiB has. */
const all = 100_000;
const now = 1_800_000_000_000;
const { clock } = clockWith({ uptimeMs: 0 });
const rules = { nameFrom: 'auto', filters: [] } as const;

/** The readers of what the daemon wrote, perhaps torn by a power cut, perhaps by another program. */
export const stored: readonly Target[] = [
  {
    name: 'dead letters',
    costly: true,
    make: () => Buffer.from(`${letter}\n${letter}\n`),
    mutate: mutateText,
    run: async (input) => {
      await writeFile(join(directory(), deadLetterFile), input);
      const opened = await openDeadLetters(directory());
      check(E.isRight(opened), 'a file that is there can be opened');
      try {
        for await (const found of opened.right.read()) {
          if (!('id' in found)) {
            check(found.line >= 1 && found.detail !== '', 'a broken line, and why');
            continue;
          }
          check(isTime(found.settledAt) && isTime(found.publish.receivedAt), 'times');
          const known = { letter: found, mark: undefined, state: stateOf(rules, found, undefined, clock) };
          const lines = [listLine(known, now), ...letterLines(known, goodUntil(rules, found), now)];
          for (const line of lines) check(steering(line).length === 0, 'a line that steers no terminal');
        }
      } finally {
        await opened.right.close();
      }
    },
  },
  {
    name: 'marks',
    costly: true,
    make: () =>
      Buffer.from('{"id":"0f1e2d3c4b5a","outcome":"notified","attempts":2,"at":1709208000000}\n'.repeat(2)),
    mutate: mutateText,
    run: async (input) => {
      await writeFile(join(directory(), 'dead-letters-replayed.ndjson'), input);
      const marks = await readMarks(directory());
      if (E.isLeft(marks)) return check(marks.left !== '', 'a reason');
      for (const { attempts, at } of marks.right.values())
        check(Number.isInteger(attempts) && attempts >= 0 && isTime(at), 'a mark that makes sense');
    },
  },
  {
    name: 'spool',
    costly: true,
    make: (random) =>
      Buffer.from(
        random.pick([
          spooled(1, 'int1') + spooled(2, 'int2') + doneLine([1]),
          spooled(1, 'int1') + spooled(2, 'int1') + spooled(3, 'int1'),
          doneLine([1, 2]),
        ]),
      ),
    mutate: mutateText,
    run: async (input) => {
      const path = join(directory(), 'spool.ndjson');
      await writeFile(path, input);
      const opened = await SpoolFile.open({
        path,
        maxBytes: 1_000_000,
        broken: (detail) => check(detail !== '', 'why'),
        newer: ({ format, reads }) => {
          const kept = keptPath(path, format);
          check(format > reads && readFileSync(kept).equals(input), 'what is newer is kept as it is');
          rmSync(kept);
        },
      });
      check(E.isRight(opened), 'a spool that is there can be opened');
      const spool = opened.right;
      try {
        for (const integration of spool.integrations) {
          const taken = await spool.take(integration, all);
          check(E.isRight(taken), 'what can be read');
          for (const { id, publish } of taken.right) {
            check(Number.isSafeInteger(id) && isTime(publish.receivedAt), 'a message that makes sense');
            check(publish.expiresInMs === undefined || publish.expiresInMs >= 0, 'a lifetime');
            spool.settled(id);
          }
        }
        const publish = publishOf(1, 'int1-new');
        const ids = await spool.append([
          { integration: 'int1', publish, receipt: receiptAt(), pinned: false },
        ]);
        check(E.isRight(ids), 'room for a message');
        const again = await spool.take('int1', 1);
        check(E.isRight(again) && again.right[0]?.id === ids.right[0], 'the message that was stored');
      } finally {
        await spool.close();
      }
    },
  },
  {
    name: 'text file',
    costly: true,
    make: () => Buffer.from('{"a":1}'),
    run: async (input) => {
      const path = join(directory(), 'text');
      await writeFile(path, input);
      const text = readText(path);
      if (E.isRight(text))
        check(Buffer.from(text.right).length > 0 || input.length < 4, 'the text of the file');
      else check(text.left.reason === 'unreadable' && text.left.detail !== '', 'why it has none');
    },
  },
];
