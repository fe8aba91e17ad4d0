import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { envelopeOf } from '../../rules/message/envelope.js';
import type { Given } from '../given.js';
import { type Sent, usualTopic } from '../publish-value.js';
import { showPublish } from '../show-value.js';
import { type Arrival, arrivals, type Ending, type Incident, type RunTest } from './incident.js';
import { nameOf } from './kinds.js';
import { endSame } from './shorten.js';

/** An incident in which each message can be written as a value. */
export interface Plain {
  readonly incident: Incident;
  /** Why messages are left out, one entry for each. */
  readonly leftOut: readonly string[];
}

/**
 * Replaces each message by the plainest one with which all end as before: the server's envelope with its name and nothing
 * else, or its topic if the name is there, if possible, so that no body gets into a test that does not need it. One that has
 * no value is left out.
 */
export const plainer = (incident: Incident, ends: ReadonlyMap<number, Ending>, run: RunTest): Plain => {
  let best = incident;
  const leftOut: string[] = [];
  for (const arrival of arrivals(incident)) {
    const { given } = incident;
    const form = plainForms(arrival.sent, given).find(
      (sent) =>
        E.isRight(showPublish(sent, given.filters)) && endsSame(replaced(best, arrival, sent), ends, run),
    );
    if (form !== undefined) best = replaced(best, arrival, form);
    else {
      best = replaced(best, arrival);
      const shown = showPublish(arrival.sent, given.filters);
      leftOut.push(E.isLeft(shown) ? shown.left : 'it ends in another way here');
    }
  }
  return { incident: best, leftOut };
};

const endsSame = (incident: Incident, ends: ReadonlyMap<number, Ending>, run: RunTest): boolean =>
  endSame(
    incident,
    ends,
    arrivals(incident).map(({ id }) => id),
    run,
  );

const replaced = (incident: Incident, { id }: Arrival, sent?: Sent): Incident => ({
  ...incident,
  happenings: incident.happenings.flatMap((each) => {
    if (each.kind !== 'publish' || each.id !== id) return [each];
    return sent === undefined ? [] : [{ ...each, sent }];
  }),
});

/** Forms of a message, plainest first; the last one is as it was. */
const plainForms = (sent: Sent, given: Given): readonly Sent[] => {
  const { retain, dup, ...rest } = sent;
  const usual = { ...rest, topic: usualTopic(given.filters), qos: 1, retain: false, dup: false } as const;
  const name = nameOf(sent, given);
  if (name === undefined || sent.oversized !== undefined) return [usual, sent];
  const envelope = (fields: object): Sent => ({
    ...usual,
    payload: { text: JSON.stringify({ function: name, ...fields }) },
  });
  // A rule says where names are: a name in the topic stays there, unless a test can't have that topic.
  if (!isEnvelope(sent, given))
    return [
      { ...usual, topic: sent.topic, payload: { text: '-' } },
      { ...sent, retain: false, dup: false },
      sent,
      envelope({}),
    ];
  return [
    envelope({}),
    envelope({ timeout: timeoutOf(sent) }),
    usual,
    { ...sent, retain: false, dup: false },
    sent,
  ];
};

const isEnvelope = ({ payload }: Sent, { settings }: Given): boolean =>
  settings.name_from !== 'topic' &&
  'text' in payload &&
  pipe(
    envelopeOf(payload.text),
    E.exists((envelope) => envelope !== undefined),
  );

/** The timeout in a payload, as far as there is one. */
const timeoutOf = ({ payload }: Sent): number | undefined => {
  const [, ms] = ('text' in payload && /"timeout"\s*:\s*(\d+)/.exec(payload.text)) || [];
  return ms === undefined ? undefined : Number(ms);
};
