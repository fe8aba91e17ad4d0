import { setTimeout as passing } from 'node:timers/promises';
import { type Answer, refused } from '../../../sim/answer.js';
import type { Failure, Intercept } from '../../../sim/cvmain-service.js';
import { valueIn } from './rig.js';

/** How a call is treated, by the word that a message's body has behind `first=`: the words' number, and what is normal. */
type Treatment = (given: number, pass: () => Promise<Answer>) => Promise<Answer | Failure>;

const never = new Promise<never>(() => undefined);

/**
 * Treats the first call of each message as its body asks, the next ones as always: `first=hang` is not answered,
 * `first=late=700` after so many ms, `first=no` with success=false, `first=status=14` with that gRPC status, and with
 * `first=cut` every connection is closed. Any other message takes what `otherwise` takes.
 */
export function treatments(cutAll: () => Promise<void>, otherwise: () => Promise<void>): Intercept {
  const seen = new Set<string>();
  const byWord = new Map<string, Treatment>([
    ['hang', () => never],
    ['late', (ms, pass) => passing(ms).then(pass)],
    ['no', async () => refused('failed', 'as the test asked')],
    ['status', async (code) => ({ code, details: 'as the test asked' })],
    ['cut', () => cutAll().then(() => never)],
  ]);
  return async (request, pass) => {
    const body = valueIn(request, 'body') ?? '';
    const [, word = '', given] = /^first=([a-z]+)(?:=(\d+))?/.exec(body) ?? [];
    const treat = byWord.get(word);
    if (treat === undefined || seen.has(body)) {
      await otherwise();
      return pass();
    }
    seen.add(body);
    return treat(Number(given), pass);
  };
}
