import * as E from 'fp-ts/lib/Either.js';
import type { DecodeRules } from '../../lib/rules/message/decode.js';
import { envelopeOf } from '../../lib/rules/message/envelope.js';
import { dashedNameIn } from '../../lib/rules/message/name.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import type { Reason } from '../../lib/rules/rejection.js';

/** What a developer can do about each reason (docs/developers.md#rejections). */
export const advice: Readonly<Record<Reason, string>> = {
  unsubscribed: 'The topic is not of this unit: send to s2u/<username>/command.',
  undecodable: 'Send a JSON object: {"function": "<app>-<message>", "body": "…", "timeout": <ms>}.',
  'malformed-name':
    'A full name is <app>-<message>, such as myapp-hello: what precedes the first dash is the app.',
  'reserved-name': 'Names that start with vg: belong to the vendor: give the app another name.',
  unregistered:
    'Register the app with cvmain before the message expires or its hold ends: cvmqtt integrations add <app> --port PORT.',
  'delivery-disabled':
    'Register with an address, or set mq.msgs_via_notifier or mq.external_integrations in config.json.',
  'too-large': 'Send a smaller body: the whole notification must fit in a UDP packet of 32,768 bytes.',
  refused:
    'cvmain did not take the notification: its answer says why. If it is the address, register one of this machine, such as 127.0.0.1.',
  expired:
    'Its timeout passed before it was delivered: send it with a longer one, or let the app register sooner.',
  overflow: 'Too many messages wait: register the apps they are for, or send more slowly.',
};

/**
 * What to do about a name without a dash that was read from the topic, as the payload is no envelope; undefined if it was
 * not.
 */
export const noEnvelopeAdvice = ({ nameFrom }: DecodeRules, { payload }: Publish): string | undefined => {
  const text = 'text' in payload ? payload.text : '';
  const envelope = envelopeOf(text);
  if (nameFrom === 'topic' || E.isLeft(envelope) || envelope.right !== undefined) return undefined;
  const isJson = E.isRight(E.tryCatch((): unknown => JSON.parse(text), String));
  const why = /^\s*[{[]/.test(text) && !isJson ? 'looks like JSON, and is not valid' : 'has no "function"';
  return `The payload ${why}, so the name was read from the topic. ${advice.undecodable}`;
};

/**
 * What to do if the app that seems to be meant has a dash in its name; undefined if there is none among the registered
 * `names` (docs/domain.md#names).
 */
export const dashAdvice = (fullName: string, names: Iterable<string>): string | undefined => {
  const name = dashedNameIn(names, fullName);
  return name === undefined
    ? undefined
    : `"${name}" is registered, but can never receive a message: full names are split at their first dash. Register the app under a name without a dash.`;
};
