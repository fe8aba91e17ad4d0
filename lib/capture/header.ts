import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { Format } from '../storage/state-formats.js';
import { decodeWith } from '../util/codec.js';
import { Ms } from './publish-line.js';
import type { CaptureStart } from './record.js';

const HeaderLine = t.type({
  cvmqtt_capture: Format,
  started_at_ms: t.refinement(Ms, Number.isInteger, 'a whole number of ms'),
  filters: t.array(t.string),
});

/** What only a flight recorder's header has. */
const OfRecording = t.type({ payloads: t.string });
const WithoutPayloads = t.type({ payloads: t.union([t.literal('excerpt'), t.literal('none')]) });
const WithUptime = t.type({ boot: t.string, uptime_ms: Ms });

/** The header of a capture (docs/capture.md), as JSON. Left names the wrong field. */
export const headerOf = (
  json: unknown,
): E.Either<string, { readonly start: CaptureStart; readonly hasPayloads: boolean }> =>
  pipe(
    decodeWith(HeaderLine)(json),
    E.map(({ started_at_ms: startedAt, filters }) => ({
      hasPayloads: !WithoutPayloads.is(json),
      start: {
        kind: 'start',
        startedAt,
        filters,
        ...(WithUptime.is(json) ? { uptime: { boot: json.boot, ms: json.uptime_ms } } : {}),
        ...(OfRecording.is(json) ? { isRecording: true } : {}),
      },
    })),
  );
