import {
  concatMap,
  first,
  firstValueFrom,
  map,
  type Observable,
  of,
  type ReplaySubject,
  timeout,
} from 'rxjs';
import type { Settlement } from '../../lib/rules/settlement.js';
import { endOf } from '../../lib/rules/tally.js';
import type { Notification } from '../../sim/app.js';
import type { Scene, Stage } from './script.js';
import { notificationLine, settlementLine } from './table.js';

/** A message's end, and for a notified one what the app received. */
export interface Shown {
  readonly settlement: Settlement;
  readonly notification?: Notification;
}

/** The app reads its socket a moment after cvmain has sent, ms. */
const arrivalMs = 2_000;

/** Pairs each settlement with the notification that it is about, in order of settlement. */
export const withNotification = (
  settlement$: Observable<Settlement>,
  notification$: ReplaySubject<Notification>,
): Observable<Shown> =>
  settlement$.pipe(
    concatMap((settlement) =>
      settlement.kind === 'notified'
        ? notification$.pipe(
            first((notification) => isAbout(notification, settlement)),
            timeout({ first: arrivalMs, with: () => of(undefined) }),
            map((notification) =>
              notification === undefined ? { settlement } : { settlement, notification },
            ),
          )
        : of({ settlement }),
    ),
  );

const isAbout = ({ type, vals }: Notification, { message, publish }: Settlement): boolean =>
  type === message?.name &&
  vals.some(({ k, v }) => k === 'dt' && v === new Date(publish.receivedAt).toISOString());

/** A message's end for people: a line, and one more for the packet that the app received. */
export const linesOf = ({ settlement, notification }: Shown): readonly string[] => [
  settlementLine(settlement),
  ...(notification === undefined ? [] : [notificationLine(notification)]),
];

/** Plays a script, scene by scene; says how many of them went otherwise than it expects. */
export const play = async (
  script: readonly Scene[],
  stage: Stage,
  shown$: Observable<Shown>,
  tell: (line: string) => void,
): Promise<number> => {
  let surprises = 0;
  for (const { story, play: act, ends } of script) {
    tell(`\n  ${story}`);
    const [shown] = await Promise.all([firstValueFrom(shown$), act(stage)]);
    const end = endOf(shown.settlement);
    const received = shown.notification !== undefined;
    if (end === ends && received === (ends === 'notified')) continue;
    surprises += 1;
    tell(`    EXPECTED ${ends}${ends === 'notified' ? ', and its notification at the app' : ''}`);
  }
  return surprises;
};
