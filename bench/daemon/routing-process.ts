// Runs the pipeline alone, in a process of its own: bench/daemon/routing.ts starts it.
//   routing-process.ts INTEGRATIONS MESSAGES
// Prints the time per message, ns.
import { BehaviorSubject, NEVER, of, Subject } from 'rxjs';
import { defaultSettings } from '../../lib/config/settings.js';
import { payloadOf as payloadOfBytes } from '../../lib/rules/message/payload.js';
import type { Publish } from '../../lib/rules/message/publish.js';
import { topicFilter } from '../../lib/rules/message/topic-filter.js';
import { monotonicScheduler as scheduler } from '../../streams/monotonic-scheduler.js';
import { pipeline } from '../../streams/pipeline.js';
import { rulesOf } from '../../streams/rules.js';
import { namesOf, payloadOf } from './message.js';

const [integrations = 1, messages = 0] = process.argv.slice(2).map(Number);
const filters = [topicFilter('s2u/cv1/#')];

const publish$ = new Subject<Publish>();
let notified = 0;
publish$
  .pipe(
    pipeline({
      ...rulesOf({
        settings: defaultSettings,
        cvmain: { viaNotifier: true, toExternal: false },
        filters: () => filters,
      }),
      integrations$: new BehaviorSubject(new Map(namesOf(integrations).map((name) => [name, { name }]))),
      notify: (_message, _target, done) => {
        done({ kind: 'accepted' });
        return () => undefined;
      },
      whenServing$: NEVER,
      stop$: NEVER,
      deadLetter: of,
      scheduler,
      random: Math.random,
    }),
  )
  .subscribe(({ kind }) => {
    if (kind === 'notified') notified += 1;
  });

// The same number for few and for many integrations, so that both read from equally much memory.
const publishes = Array.from(
  { length: 100_000 },
  (_, n): Publish => ({
    seq: n,
    topic: 's2u/cv1/command',
    payload: payloadOfBytes(Buffer.from(payloadOf(n, integrations))),
    qos: 1,
    retain: false,
    dup: false,
    receivedAt: Date.now(),
  }),
);

const send = (count: number): void => {
  for (let n = 0; n < count; n += 1) {
    const publish = publishes[n % publishes.length];
    if (publish !== undefined) publish$.next(publish);
  }
};

send(publishes.length);
notified = 0;
const startedAt = process.hrtime.bigint();
send(messages);
const ns = Number(process.hrtime.bigint() - startedAt) / messages;
if (notified !== messages) throw new Error(`${notified} of ${messages} were notified`);
process.stdout.write(`${ns}\n`);
