import * as E from 'fp-ts/lib/Either.js';
import { jsonLine } from '../../lib/util/printable.js';
import { print, untilSignal } from '../command.js';
import { exitCode } from '../exit-codes.js';
import type { SimArguments, SimFailure } from './part.js';

/** A sample app: registers a name with the cvmain of a home, prints each notification, and unregisters on Ctrl-C. */
export const app = async ({ home, words, ports }: SimArguments): Promise<E.Either<SimFailure, void>> => {
  const signal = untilSignal();
  const [{ readSimFile }, { startApp }] = await Promise.all([
    import('../../sim/home.js'),
    import('../../sim/app.js'),
  ]);
  const file = readSimFile(home);
  if (E.isLeft(file)) return E.left({ detail: file.left, exitCode: exitCode.config });
  const { cvmain_address: address } = file.right;
  if (address === undefined)
    return E.left({ detail: 'no cvmain was started with this home', exitCode: exitCode.config });
  const [name = ''] = words;
  const started = await startApp({
    port: ports['app-port'],
    onNotification: (notification) => print(jsonLine(notification)),
  });
  try {
    const registered = await started.registerWith(address, name, started.integration);
    if (E.isLeft(registered)) {
      const { reason, detail } = registered.left;
      return E.left({
        detail: `cvmain did not register "${name}": ${reason}: ${detail}`,
        exitCode: exitCode.failed,
      });
    }
    print(
      `registered "${name}" with cvmain ${address}, listening on ${started.address} (UDP); Ctrl-C ends it`,
    );
    await signal;
    await started.unregisterFrom(address, name);
  } finally {
    await started.close();
  }
  return E.right(undefined);
};
