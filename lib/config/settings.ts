import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { isSharedGroup } from '../rules/message/shared-group.js';
import { isTopicName } from '../rules/message/topic-name.js';
import { decodeWith } from '../util/codec.js';
import { nearest } from '../util/nearest.js';
import { shortened } from '../util/printable.js';
import { parseJsonWithComments } from './json-with-comments.js';

const whole = (min: number, max: number) =>
  t.refinement(
    t.number,
    (n) => Number.isInteger(n) && n >= min && n <= max,
    `a whole number from ${min} to ${max}`,
  );

const SharedGroup = t.refinement(
  t.string,
  (name) => name === '' || isSharedGroup(name),
  'a name of at most 128 characters without /, + or #',
);

const TopicTemplate = t.refinement(
  t.string,
  (topic) => topic === '' || isTopicName(topic),
  'a topic of at most 512 bytes without + or #',
);

/** The codec of each setting; its name states the valid range. */
export const SettingsJson = t.partial(
  {
    name_from: t.keyof({ auto: null, payload: null, topic: null }, 'auto, payload or topic'),
    reserved_integrations: t.array(t.string, 'an array of names'),
    hold_unregistered_ms: whole(0, 3_600_000),
    hold_max_messages: whole(0, 65_535),
    mqtt_version: t.keyof({ auto: null, '5': null, '3.1.1': null }, '"auto", "5" or "3.1.1"'),
    shared_group: SharedGroup,
    keepalive_s: whole(2, 65_535),
    session_expiry_s: whole(60, 0xffffffff),
    window_messages: whole(1, 65_535),
    window_bytes: whole(65_536, 268_435_456),
    calls_in_flight: whole(1, 1_000),
    call_deadline_ms: whole(100, 600_000),
    grpc_client: t.keyof({ http2: null, 'grpc-js': null }, '"http2" or "grpc-js"'),
    retry_max_ms: whole(100, 600_000),
    give_up_after_ms: whole(1_000, 86_400_000),
    patience_ms: whole(100, 600_000),
    spool_max_bytes: whole(0, 1_073_741_824),
    spool_max_age_s: whole(1, 31_536_000),
    shutdown_grace_ms: whole(0, 600_000),
    dead_letter_max_bytes: whole(65_536, 1_073_741_824),
    recorder_max_bytes: whole(0, 268_435_456),
    recorder_payloads: t.keyof({ full: null, excerpt: null, none: null }, '"full", "excerpt" or "none"'),
    health_topic: TopicTemplate,
    receipts: t.keyof({ off: null, asked: null, all: null }, '"off", "asked" or "all"'),
    receipt_topic: TopicTemplate,
  },
  'an object',
);

/** cvmqtt's own settings, named as in `mq/cvmqtt.json`. */
export type Settings = Required<t.TypeOf<typeof SettingsJson>>;

/** The settings that apply without `mq/cvmqtt.json`. */
export const defaultSettings: Settings = {
  name_from: 'auto',
  reserved_integrations: [],
  hold_unregistered_ms: 30_000,
  hold_max_messages: 64,
  mqtt_version: 'auto',
  shared_group: '',
  keepalive_s: 60,
  session_expiry_s: 604_800,
  window_messages: 256,
  window_bytes: 4_194_304,
  calls_in_flight: 32,
  call_deadline_ms: 5_000,
  grpc_client: 'http2',
  retry_max_ms: 10_000,
  give_up_after_ms: 300_000,
  patience_ms: 1_000,
  spool_max_bytes: 16_777_216,
  spool_max_age_s: 86_400,
  shutdown_grace_ms: 5_000,
  dead_letter_max_bytes: 4_194_304,
  recorder_max_bytes: 1_048_576,
  recorder_payloads: 'full',
  health_topic: '',
  receipts: 'off',
  receipt_topic: `u2s/\${username}/receipt`,
};

/** Parses the settings in `mq/cvmqtt.json`, JSON with comments. Left names the field; unknown fields are refused. */
export const parseSettings = (text: string): E.Either<string, Settings> =>
  pipe(
    parseJsonWithComments(text),
    E.chain((json) =>
      pipe(
        decodeWith(SettingsJson)(json),
        E.chain((given) => {
          const unknown = Object.keys(given).find((key) => !Object.hasOwn(SettingsJson.props, key));
          return unknown === undefined
            ? E.right({ ...defaultSettings, ...given })
            : E.left(`has the unknown field ${shortened(unknown, 100)}${suggestion(unknown)}`);
        }),
      ),
    ),
  );

/** All that is wrong in the settings, a line for each key; the first of them may not be the one of {@link parseSettings}. */
export const settingsProblems = (text: string): readonly string[] => {
  const json = parseJsonWithComments(text);
  if (E.isLeft(json)) return [json.left];
  const record = decodeWith(t.UnknownRecord)(json.right);
  if (E.isLeft(record))
    return E.match(
      (problem: string) => [problem],
      () => [],
    )(parseSettings(text));
  return Object.entries(record.right).flatMap(([key, value]) =>
    E.match(
      (problem: string) => [problem],
      () => [],
    )(parseSettings(JSON.stringify({ [key]: value }))),
  );
};

const suggestion = (unknown: string): string => {
  const known = nearest(unknown, Object.keys(defaultSettings));
  return known === undefined ? '' : ` (did you mean ${known}?)`;
};
