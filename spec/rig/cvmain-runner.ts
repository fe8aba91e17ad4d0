/**
 * The program that {@link startCvmainProcess} runs: the simulator of cvmain, with what happens to it as lines of JSON on
 * stdout. Its argument is a {@link CvmainSpec} as JSON.
 */
import { once } from 'node:events';
import { setTimeout as passing } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import { decodeJsonWith } from '../../lib/util/codec.js';
import { startCvmain } from '../../sim/cvmain.js';
import type { NotificationRequest } from '../../sim/cvmain-service.js';
import { type CvmainEvent, CvmainSpec } from './cvmain-process.js';
import { treatments } from './cvmain-treatment.js';
import { unitToken, username } from './login.js';
import { valueIn } from './rig.js';
import { seeded } from './seeded.js';

const spec = decodeJsonWith(CvmainSpec)(process.argv[2] ?? '');
if (E.isLeft(spec)) throw new Error(spec.left);
const { integrations, callMs, ...options } = spec.right;

/** A pipe takes a line in one write, so no event is lost, however this process ends. */
const report = (event: CvmainEvent['event'], request?: NotificationRequest): void => {
  const entry = { at: Date.now(), event, name: request?.msg_type ?? '' };
  const body = request === undefined ? '' : (valueIn(request, 'body') ?? '');
  process.stdout.write(`${JSON.stringify({ ...entry, body })}\n`);
};

const random = seeded(process.pid);
const cutAll = async (): Promise<void> => {
  await cvmain.suspend();
  await cvmain.resume();
};
const released = once(process, 'SIGUSR2').then(() => undefined);
const treat = treatments(cutAll, released, () => passing(random() * callMs));
report('starting');
const cvmain = await startCvmain({
  ...options,
  username,
  token: () => unitToken,
  intercept: (request, pass) => {
    report('called', request);
    return treat(request, pass);
  },
  onAccepted: (request) => report('accepted', request),
});
for (const name of integrations) await cvmain.register(name);
report('serving');
