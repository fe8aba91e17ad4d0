import { setTimeout as passing } from 'node:timers/promises';
import { type Answer, refused } from '../../sim/answer.js';
import type { Failure, Intercept } from '../../sim/cvmain-service.js';
import { valueIn } from './rig.js';

/** Treats a call, given the number from the message's body and the normal handling. */
type Treatment = (given: number, pass: () => Promise<Answer>) => Promise<Answer | Failure>;

/**
 * Treats the first call of each message as its body says, and later ones as usual: `first=hang` is not answered
 * before `released`, `first=late=700` only after that many ms, `first=no` with success=false, `first=status=14` with
 * that gRPC status, and `first=cut` closes all connections. `every=` applies to each call of the message. Calls for
 * other messages first wait for `otherwise`.
 */
export function treatments(
  cutAll: () => Promise<void>,
  released: Promise<void>,
  otherwise: () => Promise<void>,
): Intercept {
  const seen = new Set<string>();
  const byWord = new Map<string, Treatment>([
    ['hang', (_, pass) => released.then(pass)],
    ['late', (ms, pass) => passing(ms).then(pass)],
    ['no', async () => refused('failed', 'as the test asked')],
    ['status', async (code) => ({ code, details: 'as the test asked' })],
    ['cut', () => cutAll().then(() => new Promise<never>(() => undefined))],
  ]);
  return async (request, pass) => {
    const body = valueIn(request, 'body') ?? '';
    const [, when = '', word = '', given] = /^(first|every)=([a-z]+)(?:=(\d+))?/.exec(body) ?? [];
    const treat = byWord.get(word);
    if (treat === undefined || (when === 'first' && seen.has(body))) {
      await otherwise();
      return pass();
    }
    seen.add(body);
    return treat(Number(given), pass);
  };
}
