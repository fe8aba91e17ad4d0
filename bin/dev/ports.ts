import * as E from 'fp-ts/lib/Either.js';

/** The ports of `cvmqtt dev`. */
export interface DevPorts {
  readonly broker: number;
  readonly cvmain: number;
  /** The system notifier: where apps without an address listen. */
  readonly notifier: number;
}

/** The documented ports (docs/domain.md#configuration), or three from `base` on. Left: what is wrong with `base`. */
export const devPorts = (base: string | undefined): E.Either<string, DevPorts> => {
  if (base === undefined) return E.right({ broker: 1883, cvmain: 7777, notifier: 5555 });
  const first = /^\d{1,5}$/.test(base) ? Number(base) : 0;
  return first >= 1 && first <= 65_533
    ? E.right({ broker: first, cvmain: first + 1, notifier: first + 2 })
    : E.left('--port-base must be from 1 to 65533');
};
