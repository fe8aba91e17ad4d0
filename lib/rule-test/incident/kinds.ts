import * as E from 'fp-ts/lib/Either.js';
import { envelopeIn } from '../../rules/message/decode.js';
import { splitName } from '../../rules/message/name.js';
import { topicFilter } from '../../rules/message/topic-filter.js';
import type { Given } from '../given.js';
import type { Sent } from '../publish-value.js';
import { arrivals, type Ending, type Incident } from './incident.js';

/** The full name of a message; undefined if it has none. */
export const nameOf = (sent: Sent, { settings, filters }: Given): string | undefined => {
  const found = envelopeIn(
    { nameFrom: settings.name_from, filters: filters.map(topicFilter) },
    { ...sent, seq: 1, receivedAt: 0 },
  );
  return E.isRight(found) ? found.right.name : undefined;
};

/** The integration of a message; undefined if its name has none. */
export const integrationOf = (sent: Sent, given: Given): string | undefined => {
  const split = splitName(nameOf(sent, given) ?? '');
  return E.isRight(split) ? split.right.integration : undefined;
};

/** How a message ended, whether it waited, and for which app: messages of one kind say the same about the rules. */
const kindOf = (sent: Sent, { result, arrived, ended }: Ending, given: Given): string =>
  JSON.stringify([result, ended > arrived, integrationOf(sent, given)]);

/** What a message adds to a test about an incident: least first if it was notified at once. */
const weight = ({ result, arrived, ended }: Ending): number =>
  result !== 'notified' ? 2 : ended > arrived ? 1 : 0;

/**
 * The first message of each kind, by number: those that were not notified come first, then those that waited. A message that
 * did not end says nothing.
 */
export const firstOfEachKind = (incident: Incident, ends: ReadonlyMap<number, Ending>): readonly number[] => {
  const kinds = new Map<string, { readonly id: number; readonly weight: number }>();
  for (const { id, sent } of arrivals(incident)) {
    const ending = ends.get(id);
    if (ending === undefined) continue;
    const kind = kindOf(sent, ending, incident.given);
    if (!kinds.has(kind)) kinds.set(kind, { id, weight: weight(ending) });
  }
  return [...kinds.values()].sort((one, other) => other.weight - one.weight).map(({ id }) => id);
};
