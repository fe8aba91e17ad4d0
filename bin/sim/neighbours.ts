import * as E from 'fp-ts/lib/Either.js';
import type { SimFile } from '../../sim/home.js';
import { print, self, shellWord, untilSignal } from '../command.js';
import { exitCode } from '../exit-codes.js';
import type { SimArguments, SimFailure } from './part.js';

const endsIt = '\nCtrl-C ends it.';

const broken = (detail: string): E.Either<SimFailure, never> => E.left({ detail, exitCode: exitCode.config });

/** The broker alone. */
export const broker = async ({ home, ports }: SimArguments): Promise<E.Either<SimFailure, void>> => {
  const signal = untilSignal();
  const [{ openSimFile }, { startBrokerOf }] = await Promise.all([
    import('../../sim/home.js'),
    import('../../sim/site.js'),
  ]);
  const file = await openSimFile(home);
  if (E.isLeft(file)) return broken(file.left);
  const started = await startBrokerOf(home, file.right, ports['broker-port']);
  print(`broker  ${started.url}, tokens signed with the secret in ${home}/sim.json`);
  print(endsIt);
  await signal;
  await started.close();
  return E.right(undefined);
};

/** cvmain alone. */
export const cvmain = async (given: SimArguments): Promise<E.Either<SimFailure, void>> => {
  const signal = untilSignal();
  const { openSimFile } = await import('../../sim/home.js');
  const file = await openSimFile(given.home);
  if (E.isLeft(file)) return broken(file.left);
  const brokerUrl = given.brokerUrl ?? file.right.broker_url;
  if (brokerUrl === undefined) return broken('no broker was started with this home: give one with --broker');
  const started = await startCvmain(given, file.right, brokerUrl);
  print(endsIt);
  await signal;
  await started.close();
  return E.right(undefined);
};

/** The broker and cvmain. */
export const site = async (given: SimArguments): Promise<E.Either<SimFailure, void>> => {
  const signal = untilSignal();
  const { home, ports } = given;
  const [{ openSimFile }, { startBrokerOf }] = await Promise.all([
    import('../../sim/home.js'),
    import('../../sim/site.js'),
  ]);
  const file = await openSimFile(home);
  if (E.isLeft(file)) return broken(file.left);
  const startedBroker = await startBrokerOf(home, file.right, ports['broker-port']);
  try {
    print(`broker  ${startedBroker.url}`);
    const startedCvmain = await startCvmain(given, file.right, startedBroker.url);
    print(`
Now, each in a terminal of its own: the daemon, an app that listens, and a message for it:

  ${self()} run ${shellWord(home)}
  ${self()} sim app ${shellWord(home)} myapp
  ${self()} sim server ${shellWord(home)} myapp-hello '{"a":1}'`);
    print(endsIt);
    await signal;
    await startedCvmain.close();
  } finally {
    await startedBroker.close();
  }
  return E.right(undefined);
};

const startCvmain = async (given: SimArguments, file: SimFile, brokerUrl: string) => {
  const { startCvmainOf } = await import('../../sim/site.js');
  const { home, ports, notifierAddr, allowReserved } = given;
  const started = await startCvmainOf({
    home,
    file,
    port: ports['cvmain-port'],
    brokerUrl,
    notifierAddr,
    allowReserved,
  });
  print(`cvmain  ${started.address}, unit ${file.username}, configuration directory ${home}`);
  return started;
};
