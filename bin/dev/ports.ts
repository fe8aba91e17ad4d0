import * as E from 'fp-ts/lib/Either.js';
import { readPort } from '../sim/ports.js';

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

/** The port of the live page: `given`, else the first after those of `base`; 7780 without both. Left: what is wrong. */
export const pagePort = (given: string | undefined, base: string | undefined): E.Either<string, number> => {
  if (given !== undefined) return readPort('--page-port', given);
  const port = base === undefined ? 7_780 : Number(base) + 3;
  return port <= 65_535 ? E.right(port) : E.left('no port is left for the page: give --page-port');
};
