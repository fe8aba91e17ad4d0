import { NEVER, of } from 'rxjs';
import type { Publish } from '../../lib/rules/message/publish.js';
import type { IntegrationSet } from '../../lib/rules/routing/integrations.js';
import type { DeadLettered, Notified } from '../../lib/rules/settlement.js';
import { pipelineInMemory } from '../pipeline-in-memory.js';
import type { Rules } from '../rules.js';
import { acceptAtOnce } from './accept-at-once.js';
import { virtualClock } from './replay/clock.js';

/**
 * The settlement of a publish if it arrived now, the live set stayed as it is, and cvmain accepted each call. Runs
 * the pipeline of the daemon in virtual time, so a hold of an hour takes no time.
 */
export const dryRun =
  (rules: Rules, set: IntegrationSet) =>
  (publish: Publish): Notified | DeadLettered => {
    const clock = virtualClock();
    const ends: (Notified | DeadLettered)[] = [];
    of(publish)
      .pipe(
        pipelineInMemory({
          ...rules,
          // A single message never congests the window.
          spool: undefined,
          integrations$: of(set),
          notify: acceptAtOnce,
          whenServing$: NEVER,
          stop$: NEVER,
          scheduler: clock.scheduler,
          random: () => 0,
        }),
      )
      .subscribe((end) => ends.push(end));
    clock.end();
    const [end] = ends;
    if (end === undefined) throw new Error('the pipeline has not settled a publish');
    return end;
  };
