import type { LetterState } from '../../lib/dead-letters/state.js';
import { markdownTable } from './table.js';

/** What a state means, and whether `replay --all` sends a letter in it. */
const about: Readonly<Record<LetterState, readonly [means: string, isSent: string]>> = {
  open: ['it can be sent again', 'yes'],
  'in-doubt': ['a replay was interrupted during its call: cvmain may have it', 'yes'],
  stale: [
    "its lifetime is over (its envelope's `timeout` or MQTT's message expiry), or its reason is `expired`",
    'with `--stale`',
  ],
  excerpt: ['only the beginning of its payload was kept', 'never'],
  replayed: ['cvmain has accepted it', 'no'],
};

/** The states of dead letters. */
export const letterStatesTable = (): string =>
  markdownTable([
    ['state', 'what it means', '`replay --all` sends it'],
    ...Object.entries(about).map(([state, [means, isSent]]) => [`\`${state}\``, means, isSent]),
  ]);
