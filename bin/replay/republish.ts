import { randomUUID } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { from } from 'rxjs';
import { connectPublisher } from '../../lib/capture/publisher.js';
import { untilBroken } from '../../lib/capture/select.js';
import { parseBrokerAddress } from '../../lib/config/broker-address.js';
import { newTally } from '../../lib/rules/tally.js';
import { plural } from '../../lib/util/plural.js';
import { printable } from '../../lib/util/printable.js';
import { monotonicScheduler } from '../../streams/monotonic-scheduler.js';
import { paced } from '../../streams/programs/replay/paced.js';
import { complain, untilSignal } from '../command.js';
import { exitCode } from '../exit-codes.js';
import { brokenLines } from './broken-lines.js';
import type { Options, Target } from './options.js';
import { showProgress } from './progress.js';
import type { Source } from './source.js';

/** At most this many publishes are unacknowledged at a time. */
const inFlight = 256;

/** Publishes the captures again, unchanged, at a broker. Resolves with the exit code. */
export const republish = async (
  options: Options,
  { url, username }: Extract<Target, { readonly kind: 'broker' }>,
  source: Source,
): Promise<number> => {
  const address = parseBrokerAddress(url);
  if (E.isLeft(address)) return failed(`the address of the broker ${address.left}`, exitCode.usage);
  const password = process.env['CVMQTT_PASSWORD'];
  const publisher = await connectPublisher({
    address: address.right,
    clientId: `cvmqtt-replay-${randomUUID().slice(0, 8)}`,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  });
  if (E.isLeft(publisher)) return failed(`the broker: ${publisher.left}`);

  const broken = brokenLines();
  const waiting = new Set<Promise<void>>();
  let messages = 0;
  let cut = 0;
  let failure: string | undefined;
  let stopped = false;
  const interrupted = untilSignal().then(() => {
    stopped = true;
  });
  const strict = options.strict ? untilBroken(source.records) : source.records;
  const records =
    options.speed === 'max' ? strict : paced(strict, options.speed, monotonicScheduler, from(interrupted));
  const endProgress = showProgress({ part: source.part, messages: () => messages, tally: newTally() });
  for await (const batch of records) {
    for (const record of batch) {
      if (record.kind === 'broken') broken.take(record);
      if (record.kind !== 'publish' || stopped || failure !== undefined) continue;
      if (record.publish.oversized !== undefined) {
        cut += 1;
        continue;
      }
      const published = publisher.right.publish(record).then((result) => {
        waiting.delete(published);
        if (E.isLeft(result)) failure ??= result.left;
        else messages += 1;
      });
      waiting.add(published);
      if (waiting.size >= inFlight) await Promise.race(waiting);
    }
    if (stopped || failure !== undefined) break;
  }
  await Promise.all(waiting);
  endProgress();
  await publisher.right.close();
  const large = cut > 0 ? `; ${cut} left out: only the beginning of the payload was captured` : '';
  const skipped = broken.count > 0 ? `; ${plural(broken.count, 'broken line')}` : '';
  complain(`${plural(messages, 'message')} published${large}${skipped}${stopped ? '; interrupted' : ''}`);
  if (failure !== undefined) return failed(failure);
  return stopped || (options.strict && broken.count > 0) ? exitCode.failed : exitCode.good;
};

const failed = (detail: string, code: number = exitCode.failed): number => {
  complain(`cvmqtt replay: ${printable(detail)}`);
  return code;
};
