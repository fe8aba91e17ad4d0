// Delivers messages by HTTP POST instead of through cvmain: node http-sink.mjs http://127.0.0.1:8080/ < envelopes.ndjson
import { EventEmitter, once } from 'node:events';
import { pipelineInMemory, rulesOf } from 'cvmqtt';
import { notificationOf, defaultSettings as settings, topicFilter } from 'cvmqtt/rules';
import { from, NEVER, of, asyncScheduler as scheduler } from 'rxjs';

const settled = new EventEmitter();
let unsettled = 0;
const usual = /** @type {const} */ ({ topic: 's2u/unit/command', qos: 1, retain: false, dup: false });
/** @returns {AsyncGenerator<import('cvmqtt/rules').Publish>} */
async function* publishes(seq = 0, rest = '') {
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      yield { ...usual, seq: ++seq, payload: { text }, receivedAt: Date.now() };
      if (++unsettled >= 8) await once(settled, 'one'); // Backpressure: meanwhile stdin is not read.
    }
  }
}
/** @type {import('cvmqtt').Notify} */
const notify = (message, _target, done) => {
  const stop = new AbortController();
  const body = JSON.stringify(notificationOf(message));
  fetch(process.argv[2] ?? '', { method: 'POST', body, signal: stop.signal }).then(
    ({ ok, status }) => done(ok ? { kind: 'accepted' } : { kind: 'refused', detail: `HTTP ${status}` }),
    (error) => done({ kind: 'failed', detail: `${error}` }), // It is sent again.
  );
  return () => stop.abort();
};
const filters = () => [topicFilter('s2u/unit/#')];
const rules = rulesOf({ settings, cvmain: { viaNotifier: true, toExternal: false }, filters });
const rest = { whenServing$: NEVER, stop$: NEVER, spool: undefined, scheduler, random: Math.random };
const integrations$ = of(new Map([['int1', { name: 'int1' }]]));
from(publishes())
  .pipe(pipelineInMemory({ ...rules, ...rest, integrations$, notify }))
  .subscribe(({ publish, kind }) => {
    settled.emit('one', --unsettled);
    process.stdout.write(`${publish.seq} ${kind}\n`);
  });
