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
import { resultOf } from '../../lib/rules/tally.js';
import type { Notification } from '../../sim/app.js';
import type { Scene, Stage } from './script.js';
import { notificationLine, settlementLine } from './table.js';

/** A settlement, and the notification that the app received, if any. */
export interface Shown {
  readonly settlement: Settlement;
  readonly notification?: Notification;
}

/** How long to wait for the app to read its socket after cvmain has sent, ms. */
const arrivalMs = 2_000;

/** Pairs each settlement with its notification, in order of settlement. */
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

/** A settlement as a line of text, and one more for the packet that the app received. */
export const linesOf = ({ settlement, notification }: Shown): readonly string[] => [
  settlementLine(settlement),
  ...(notification === undefined ? [] : [notificationLine(notification)]),
];

/** Plays a script, scene by scene. Resolves with the number of scenes whose result was not the expected one. */
export const play = async (
  script: readonly Scene[],
  stage: Stage,
  shown$: Observable<Shown>,
  print: (line: string) => void,
): Promise<number> => {
  let surprises = 0;
  for (const { story, play: act, expected } of script) {
    print(`\n  ${story}`);
    const [shown] = await Promise.all([firstValueFrom(shown$), act(stage)]);
    const received = shown.notification !== undefined;
    if (resultOf(shown.settlement) === expected && received === (expected === 'notified')) continue;
    surprises += 1;
    print(`    EXPECTED ${expected}${expected === 'notified' ? ', and its notification at the app' : ''}`);
  }
  return surprises;
};
