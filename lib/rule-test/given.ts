import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { type CvmainConfig, parseCvmainConfig } from '../config/cvmain-config.js';
import { parseJsonWithComments } from '../config/json-with-comments.js';
import { defaultSettings, parseSettings, type Settings } from '../config/settings.js';
import { isTopicFilter } from '../rules/message/topic-filter.js';
import type { IntegrationSet } from '../rules/routing/integrations.js';
import { decodeWith } from '../util/codec.js';
import { parseDuration } from '../util/duration.js';
import { jsonOf } from '../util/json-of.js';
import type { OptionKey } from './lines.js';
import { parseSet } from './set-value.js';

/** The configuration of a rule test. */
export interface Given {
  /** The duration of one column of a diagram, ms. */
  readonly frameMs: number;
  readonly settings: Settings;
  readonly cvmain: Pick<CvmainConfig, 'viaNotifier' | 'toExternal'>;
  /** Topic filters of the session, at least one. */
  readonly filters: readonly string[];
  /** The live set at the start. */
  readonly registered: IntegrationSet;
}

/** The defaults: those of cvmqtt and cvmain, and no app registered. */
export const defaultGiven: Given = {
  frameMs: 1_000,
  settings: defaultSettings,
  cvmain: { viaNotifier: true, toExternal: false },
  filters: ['s2u/cv12345/#'],
  registered: new Map(),
};

/** The longest frame, ms: a day. */
const maxFrameMs = 86_400_000;

/** `given`, changed by an option. Left: what is wrong with the option. */
export const withOption = (given: Given, key: OptionKey, text: string): E.Either<string, Given> =>
  readers[key](given, text);

const readers: Readonly<Record<OptionKey, (given: Given, text: string) => E.Either<string, Given>>> = {
  frame: (given, text) =>
    pipe(
      parseDuration(text),
      E.filterOrElse(
        (ms) => Number.isInteger(ms) && ms >= 1 && ms <= maxFrameMs,
        () => 'must be from 1ms to 1d, in whole milliseconds',
      ),
      E.map((frameMs) => ({ ...given, frameMs })),
    ),
  settings: (given, text) =>
    pipe(
      parseObject(text),
      E.chain((json) => jsonOf({ ...given.settings, ...json })),
      E.chain(parseSettings),
      E.map((settings) => ({ ...given, settings })),
    ),
  mq: (given, text) =>
    pipe(
      parseObject(text),
      E.chain((json) => {
        const { viaNotifier, toExternal } = given.cvmain;
        const mq = { msgs_via_notifier: viaNotifier, external_integrations: toExternal };
        const unknown = Object.keys(json).find((key) => !Object.hasOwn(mq, key));
        return unknown === undefined
          ? pipe(jsonOf({ mq: { ...mq, ...json } }), E.chain(parseCvmainConfig))
          : E.left(
              `has the unknown field ${unknown.slice(0, 40)}: the fields are ${Object.keys(mq).join(' and ')}`,
            );
      }),
      E.map((cvmain) => ({ ...given, cvmain })),
    ),
  filters: (given, text) => {
    const filters = text.split(/\s+/).filter((each) => each !== '');
    return filters.length > 0 && filters.every(isTopicFilter)
      ? E.right({ ...given, filters })
      : E.left('must be valid topic filters, separated by spaces');
  },
  registered: (given, text) =>
    pipe(
      parseSet(text),
      E.map((registered) => ({ ...given, registered })),
    ),
};

const parseObject = (text: string): E.Either<string, Record<string, unknown>> =>
  pipe(parseJsonWithComments(text), E.chain(decodeWith(t.record(t.string, t.unknown, 'an object'))));
