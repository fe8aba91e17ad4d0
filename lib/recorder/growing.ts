import * as E from 'fp-ts/lib/Either.js';
import type { RunCall, RunMessage, RunResult } from '../report/run.js';
import { splitName } from '../rules/message/name.js';
import type { Payload } from '../rules/message/payload.js';
import type { Publish } from '../rules/message/publish.js';

/** A message while it is read. */
export interface Growing {
  readonly publish: Publish;
  readonly bytes: number;
  readonly at: number;
  readonly calls: RunCall[];
  name?: string;
  result?: RunResult;
}

/** How much of a payload is kept for display, characters. */
const maxPreview = 200;

/** The message as it is shown. */
export const messageOf = ({ publish, bytes, at, calls, name, result }: Growing): RunMessage => ({
  at,
  topic: publish.topic,
  qos: publish.qos,
  retain: publish.retain,
  dup: publish.dup,
  bytes,
  preview: previewOf(publish.payload),
  ...(name === undefined ? {} : { name, ...integrationOf(name) }),
  calls,
  ...(result === undefined ? {} : { result }),
});

const integrationOf = (name: string) => {
  const split = splitName(name);
  return E.isRight(split) ? { integration: split.right.integration } : {};
};

const previewOf = (payload: Payload): string =>
  'text' in payload
    ? payload.text.slice(0, maxPreview)
    : Buffer.from(payload.bytes.subarray(0, maxPreview)).toString('base64');
