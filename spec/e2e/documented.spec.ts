import { writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { layout } from '../../lib/config/layout.js';
import { deadLetterLine } from '../../lib/dead-letters/write-letter.js';
import { decode } from '../../lib/rules/message/decode.js';
import { topicFilter } from '../../lib/rules/message/topic-filter.js';
import type { DeadLettered } from '../../lib/rules/settlement.js';
import { endingAfterTest } from '../rig/at-end.js';
import { startCvmqtt } from '../rig/daemon.js';
import { documented, timeless } from '../rig/documented.js';
import { putLetters } from '../rig/letters.js';
import { startRig } from '../rig/rig.js';
import { receiptAt } from '../support/clock.js';
import { publishOf, type Sent } from '../support/shorthand.js';

/** A dead letter that is the same each time, so its id is, too. */
const line = (
  at: string,
  sent: Sent,
  rejection: Pick<DeadLettered, 'reason' | 'detail' | 'attempts'>,
): string => {
  const publish = { ...publishOf(1, sent), topic: 's2u/cv12345/command', receivedAt: Date.parse(at) };
  const decoded = decode({ nameFrom: 'auto', filters: [topicFilter('s2u/cv12345/#')] })(publish);
  const message = E.isRight(decoded) ? { message: decoded.right } : {};
  return deadLetterLine(
    { kind: 'dead-lettered', publish, ...message, ...rejection, tookMs: 30_000 },
    receiptAt(),
  );
};

const letters = [
  line(
    '2026-03-01T06:00:00.000Z',
    { json: { function: 'int1-open-door', body: '{"door":3}', timeout: 20_000 } },
    {
      reason: 'unregistered',
      detail: 'no integration "int1" is registered; held 30000 ms for it',
      attempts: 0,
    },
  ),
  line(
    '2026-03-01T06:05:00.000Z',
    { json: { function: 'int1-get-settings' } },
    {
      reason: 'unregistered',
      detail: 'no integration "int1" is registered; held 30000 ms for it',
      attempts: 0,
    },
  ),
  line(
    '2026-03-01T06:07:30.000Z',
    { json: { function: 'int2-hello', body: 'there' } },
    { reason: 'refused', detail: 'cvmain refused it, code 4: out of memory', attempts: 1 },
  ),
];

describe('the output in the documentation', () => {
  const atEnd = endingAfterTest();

  for (const page of ['explain.md', 'dead-letters.md']) {
    it(`is what the command prints: ${page}`, async () => {
      const rig = await startRig(atEnd, { brokerUrl: 'mqtt://127.0.0.1:9', integrations: ['int1'] });
      await writeFile(layout(rig.home).settings, '{}');
      await putLetters(rig.home, letters);
      const commands = documented(page);
      expect(commands.length).to.be.above(1);
      for (const { args, output } of commands) {
        const child = startCvmqtt(
          atEnd,
          args.map((arg) => (arg === 'my-unit' ? rig.home : arg)),
        );
        await child.exited;
        const { stdout, stderr } = child.output();
        const printed = `${stdout}${stderr}`
          .replaceAll(rig.home, 'my-unit')
          .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:5555');
        expect(timeless(printed)).to.equal(timeless(output));
      }
    });
  }
});
