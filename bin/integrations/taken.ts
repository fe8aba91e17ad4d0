import * as E from 'fp-ts/lib/Either.js';
import type { Integration } from '../../lib/rules/routing/integrations.js';
import { listens } from './listening.js';
import { registered } from './registered.js';
import { replacedWarning } from './warnings.js';

/**
 * Says that an app which listens loses its name to `wanted`. Nothing after an app that has died, whose registration is still
 * there, or if the home has none.
 */
export const takenWarning = async (home: string, wanted: Integration): Promise<readonly string[]> => {
  const set = registered(home);
  if (E.isLeft(set)) return [];
  const before = set.right.get(wanted.name)?.address;
  const isHeard = before !== undefined && (await listens(before.host, before.port));
  return isHeard ? replacedWarning(wanted, set.right) : [];
};
