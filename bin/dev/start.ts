import * as E from 'fp-ts/lib/Either.js';
import { errorCode } from '../../lib/util/error-code.js';
import { jsonLine } from '../../lib/util/printable.js';
import { refusalText } from '../integrations/cvmain-of.js';
import { type DevEvent, devTopic } from './event.js';
import type { DevPorts } from './ports.js';
import { type DevDaemon, startDaemon, takeHome } from './unit.js';

/** Dependencies of {@link startDev}. */
export interface DevOptions {
  readonly home: string;
  readonly ports: DevPorts;
  /** Whether apps may register names that start with `vg:`. */
  readonly allowReserved: boolean;
  /** URL of the live page, if there is one. */
  readonly page?: string;
  /** Gets `started` once the broker and cvmain listen, then what happens. */
  readonly emit: (event: DevEvent) => void;
}

/** A running unit. */
export interface RunningDev {
  /** See `DevDaemon`. */
  readonly ended: Promise<unknown>;
  /** Stops the daemon, then its neighbours. */
  stop(): Promise<void>;
}

/**
 * Starts a broker, cvmain and the daemon in this process. Events also go to {@link devTopic} on the broker. Left: why it
 * can't start, and what to do, in one line.
 */
export const startDev = async (options: DevOptions): Promise<E.Either<string, RunningDev>> => {
  const { home, ports, allowReserved, page, emit } = options;
  const [{ openSimFile }, { startBrokerOf, startCvmainOf }] = await Promise.all([
    import('../../sim/home.js'),
    import('../../sim/site.js'),
  ]);
  const file = await openSimFile(home);
  if (E.isLeft(file)) return file;
  const notifierAddr = `127.0.0.1:${ports.notifier}`;
  const taken = takeHome(home);
  if (E.isLeft(taken)) return taken;
  const closers: (() => Promise<unknown>)[] = [async () => taken.right()];
  const close = async (): Promise<void> => {
    for (const each of closers.splice(0).reverse()) await each();
  };
  const warn = (message: string): void =>
    emit({ at: new Date().toISOString(), event: 'log', level: 'warning', message });
  const cvmainAddress = `127.0.0.1:${ports.cvmain}`;
  try {
    const broker = await startBrokerOf(home, file.right, ports.broker, () =>
      warn(`a gRPC client called the broker's port ${ports.broker}: cvmain is on ${cvmainAddress}`),
    );
    closers.push(broker.close);
    let running: DevDaemon | undefined;
    const cvmain = await startCvmainOf({
      home,
      file: file.right,
      port: ports.cvmain,
      brokerUrl: broker.url,
      notifierAddr,
      allowReserved,
      onUnheard: (sendAddr) => running?.unheard(sendAddr),
      // An app may not look at the answer.
      onRefused: (name, detail) =>
        warn(refusalText(name, cvmainAddress, { reason: 'refused', code: 0, detail })),
    });
    closers.push(cvmain.close);
    const publish = (event: DevEvent): void => {
      emit(event);
      broker.publish(devTopic, jsonLine(event), event.event === 'started');
    };
    publish({
      at: new Date().toISOString(),
      event: 'started',
      broker: broker.url,
      cvmain: cvmain.address,
      notifier: notifierAddr,
      username: file.right.username,
      ...(page === undefined ? {} : { page }),
    });
    const daemon = await startDaemon({ home, notifierAddr, emit: publish });
    running = daemon;
    closers.push(daemon.stop);
    return E.right({ ended: daemon.ended, stop: close });
  } catch (error) {
    await close();
    const problem = portProblem(error);
    if (problem === undefined) throw error;
    return E.left(problem);
  }
};

/** What to do about a port that can't be used; undefined if the error is about something else. */
const portProblem = (error: unknown): string | undefined => {
  const code = errorCode(error);
  if (!(error instanceof Error && 'port' in error)) return undefined;
  if (code === 'EADDRINUSE')
    return `port ${error.port} is in use, perhaps by another cvmqtt dev or a broker; choose others with --port-base 21883`;
  return code === 'EACCES'
    ? `port ${error.port} is not allowed for this user; choose others with --port-base 21883`
    : undefined;
};
