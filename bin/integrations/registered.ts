import * as E from 'fp-ts/lib/Either.js';
import { layout } from '../../lib/config/layout.js';
import { type IntegrationSet, parseIntegrations } from '../../lib/rules/routing/integrations.js';
import { readText } from '../../lib/storage/read-text.js';

/** The set that cvmain stored in a home; cvmain has no call that lists it. Left: why it can't be read. */
export const registered = (home: string): E.Either<string, IntegrationSet> => {
  const file = layout(home).integrations;
  const text = readText(file);
  if (E.isLeft(text))
    return E.left(
      `${file}: ${text.left.reason === 'absent' ? 'does not exist; start cvmqtt dev first, or give --home DIR' : text.left.detail}`,
    );
  return E.mapLeft((fault: string) => `${file}: ${fault}`)(parseIntegrations(text.right));
};
