import { isDeepStrictEqual } from 'node:util';
import * as E from 'fp-ts/lib/Either.js';
import { parseLetter } from '../../lib/dead-letters/letter.js';
import { deadLetterLine } from '../../lib/dead-letters/write-letter.js';
import { decodeMessage } from '../../lib/rules/delivery/deliverable.js';
import { byteLength, payloadOf } from '../../lib/rules/message/payload.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import { publishOfJson } from '../../lib/rules/message/publish-json.js';
import { isTopicFilter, matches, nameLevel, topicFilter } from '../../lib/rules/message/topic-filter.js';
import { notificationOf } from '../../lib/rules/notification/notification.js';
import { reasons } from '../../lib/rules/rejection.js';
import { parseIntegrations } from '../../lib/rules/routing/integrations.js';
import { route } from '../../lib/rules/routing/route.js';
import { messageLine, parseSpoolLine } from '../../lib/storage/spool/spool-record.js';
import { receiptAt } from '../../spec/support/clock.js';
import { rightOf } from '../../spec/support/either.js';
import { check, type Target } from '../target.js';
import { mutateText } from '../text.js';

const filters = ['s2u/cv1/#', 's2u/+/all', '$share/g/x'].map(topicFilter);
const decide = route(
  rightOf(
    parseIntegrations(
      '[{"name":"int1"},{"name":"vg:no"},{"name":"int2","integration":{"host":"h","port":1}}]',
    ),
  ),
  { reservedIntegrations: new Set(), viaNotifier: true, toExternal: true },
);
const ways = ['auto', 'payload', 'topic'] as const;
/** More than apps read (docs/domain.md#notifications). */
const maxNotification = 32_768;

/** The input is a topic, an end of line, and a payload. */
const publishIn = (input: Buffer): Publish => {
  const end = input.indexOf('\n');
  return {
    seq: 1,
    topic: input.toString('utf8', 0, end < 0 ? 0 : end),
    payload: payloadOf(input.subarray(end + 1)),
    qos: 1,
    retain: false,
    dup: false,
    receivedAt: 1_700_000_000_123,
  };
};

/** What becomes of a publish at first sight, and what is kept of it: one outcome, and nothing lost on a disk. */
export const messages: readonly Target[] = [
  {
    name: 'publish',
    make: (random) =>
      Buffer.from(
        random.pick([
          's2u/cv1/command\n{"function":"int1-open-door","body":"{\\"door\\":3}","timeout":5000}',
          's2u/cv1/command\n{"function":"vg:no-x","body":{"a":[1.0,2e3]},"function":"int2-y"}',
          's2u/cv1/int1-open\n\0\xff',
          's2u/x/all\n{"function":"int1-a","timeout":0,"body":null}',
          's2u/cv1/int1-a/more\n',
        ]),
        'latin1',
      ),
    mutate: mutateText,
    run: (input) => {
      const publish = publishIn(input);
      for (const nameFrom of ways) {
        const decoded = decodeMessage({ nameFrom, filters })(publish);
        if (decoded.kind === 'dead-lettered') {
          check(reasons.includes(decoded.reason), 'a reason of the union');
          const letter = parseLetter(deadLetterLine(decoded, receiptAt()).trimEnd(), 'id');
          check(E.isRight(letter), 'a dead letter that is read again');
          check(
            isDeepStrictEqual(letter.right.publish.payload, publish.payload),
            'a dead letter with all of it',
          );
          continue;
        }
        const { message } = decoded;
        check(message.name === `${message.integration}-${message.message}`, 'a name in two parts');
        check(message.integration !== '' && !message.integration.includes('-'), 'an integration');
        check(message.lifetimeMs >= 0, 'a lifetime');
        const sent = notificationOf(message);
        const packet = JSON.stringify({ type: sent.type, vals: sent.vals });
        check(Buffer.byteLength(packet) <= maxNotification, 'a notification that apps can read');
        const decision = decide(message);
        if (E.isLeft(decision)) check(reasons.includes(decision.left.reason), 'a reason of the union');
        else check(decision.right.targets.length > 0, 'a target');
      }
    },
  },
  {
    name: 'spooled publish',
    make: () => Buffer.from('s2u/cv1/command\n{"function":"int1-open-door"}'),
    run: (input) => {
      const publish = publishIn(input);
      const record = parseSpoolLine(
        messageLine(7, { integration: 'int1', receipt: receiptAt(), publish }).trimEnd(),
      );
      check(E.isRight(record) && 'publish' in record.right, 'a message that is read again');
      check(
        isDeepStrictEqual(publishOfJson(record.right.publish, 1).payload, publish.payload),
        'all of its bytes',
      );
      check(byteLength(publish.payload) === input.length - input.indexOf('\n') - 1, 'its length');
    },
  },
  {
    name: 'topic filter',
    make: (random) =>
      Buffer.from(random.pick(['s2u/cv1/#\ns2u/cv1/a', '+/+/#\na/b', '$SYS/#\n$SYS/x', '#\n/'])),
    run: (input) => {
      const [filter = '', topic = ''] = input.toString().split('\n');
      if (!isTopicFilter(filter)) return;
      const parts = topicFilter(filter);
      const level = nameLevel([parts], topic);
      check(level === undefined || matches(parts, topic), 'a name only where the filter matches');
      check(level === undefined || !level.includes('/'), 'a name that is one level');
    },
  },
];
