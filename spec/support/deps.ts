import { asyncScheduler, NEVER, of } from 'rxjs';
import { topicFilter } from '../../lib/message/topic-filter.js';
import type { PipelineDeps } from '../../streams/pipeline.js';
import { registered } from './shorthand.js';

/** What a pipeline stands on where all is well: int1 is registered, cvmain accepts at once. In real time. */
export const allIsWell: PipelineDeps = {
  decodeRules: { nameFrom: 'auto', filters: [topicFilter('s2u/cv12345/#')] },
  policy: { viaNotifier: true, toExternal: false, reservedIntegrations: new Set() },
  integrations$: of(registered(['int1'])),
  notify: () => of({ kind: 'accepted' }),
  whenServing$: of(1),
  deadLetter: () => of('stored'),
  stop$: NEVER,
  scheduler: asyncScheduler,
  random: () => 0,
  holdUnregisteredMs: 0,
  maxHeld: 100,
  maxWaitingQos0: 100,
  callsInFlight: 32,
  retry: { baseMs: 0, capMs: 0 },
};
