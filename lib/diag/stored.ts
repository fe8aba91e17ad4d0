import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { Letter } from '../dead-letters/letter.js';
import type { Mark } from '../dead-letters/marks.js';
import { storedFieldsOf } from '../dead-letters/show.js';
import { byteLength } from '../rules/message/payload.js';
import type { Publish } from '../rules/message/publish.js';
import { publishOfJson, publishToJson } from '../rules/message/publish-json.js';
import { parseSpoolLine } from '../storage/spool/spool-record.js';
import { unreadText } from '../storage/state-formats.js';
import { decodeJsonWith } from '../util/codec.js';

/** A dead letter as a line of JSON, without its payload unless `withPayloads`. */
export const letterLine = (letter: Letter, mark: Mark | undefined, withPayloads: boolean): string =>
  JSON.stringify({ ...storedFieldsOf(letter, mark), ...payloadFields(letter.publish, withPayloads) });

/** A line of the spool, without the payload unless `withPayloads`. Left: what is wrong with it; quotes nothing. */
export const spoolLine = (line: string, withPayloads: boolean): E.Either<string, string> =>
  pipe(
    parseSpoolLine(line),
    E.map((record) => {
      if ('done' in record) return { done: record.done };
      if ('accepted' in record) return { id: record.id, accepted: record.accepted };
      const publish = publishOfJson(record.publish, 1);
      const { payload, payload_b64, ...rest } = publishToJson(publish);
      const { id, integration } = record;
      return { id, integration, ...rest, ...payloadFields(publish, withPayloads) };
    }),
    E.bimap(unreadText, (shown) => JSON.stringify(shown)),
  );

/** A line of the flight recorder, without the payload unless `withPayloads`. Left: what is wrong with it; quotes nothing. */
export const recorderLine = (line: string, withPayloads: boolean): E.Either<string, string> =>
  pipe(
    decodeJsonWith(t.UnknownRecord)(line),
    E.map((json) =>
      JSON.stringify(json, (key, value: unknown) =>
        !withPayloads && /^payload(_b64)?$/.test(key) ? undefined : value,
      ),
    ),
  );

const payloadFields = (publish: Publish, withPayloads: boolean): object => {
  const { payload, payload_b64, payload_bytes } = publishToJson(publish);
  return {
    payload_bytes: payload_bytes ?? byteLength(publish.payload),
    ...(withPayloads ? { payload, payload_b64 } : {}),
  };
};
