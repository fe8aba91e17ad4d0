import { relative, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import { decodeJsonWith } from '../../lib/util/codec.js';
import { shellWord } from '../command.js';
import { type DevEvent, DevEventCodec, devTopic } from '../dev/event.js';
import { defaultHome } from '../sim/home.js';

/** The platform's side of a unit of `cvmqtt dev`. */
export interface Platform {
  readonly username: string;
  /** Resolves once the broker has acknowledged it; rejects if the connection ends before. */
  publish(topic: string, payload: string): Promise<void>;
  /** Resolves when the connection has ended, as the unit has. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** The command that starts the unit of a home. */
const devOf = (home: string): string =>
  home === resolve(defaultHome) ? 'cvmqtt dev' : `cvmqtt dev ${shellWord(relative('', home))}`;

/** How long the broker may take to send the retained first event, ms. */
const startedMs = 2_000;

/**
 * Connects to the broker of a home as the platform's server, and follows the events of its `cvmqtt dev`. Left: what does not
 * run, and how to start it.
 */
export const connect = async (
  home: string,
  onEvent: (event: DevEvent) => void,
): Promise<E.Either<string, Platform>> => {
  const [{ readSimFile }, { connectServer }] = await Promise.all([
    import('../../sim/home.js'),
    import('../../sim/server.js'),
  ]);
  const notThere = (why: string): E.Either<string, never> =>
    E.left(`${why}; start the unit in another terminal: ${devOf(home)}`);
  const file = readSimFile(home);
  if (E.isLeft(file)) return notThere(file.left.replace(/; start .*$/, ''));
  const { broker_url: url, secret, username } = file.right;
  if (url === undefined) return notThere(`${home} never had a broker`);
  try {
    const server = await connectServer({ url, secret });
    const started = new Promise<boolean>((resolve) => {
      const take = (payload: string): void => {
        const event = decodeJsonWith(DevEventCodec)(payload);
        if (E.isLeft(event)) return;
        resolve(true);
        onEvent(event.right);
      };
      server.follow(devTopic, take).catch(() => resolve(false));
    });
    const known = await Promise.race([started, wait(startedMs, false, { ref: false })]);
    if (known) return E.right({ ...server, username });
    await server.close();
    return notThere(`the broker on ${url} is not that of a cvmqtt dev`);
  } catch (error) {
    return notThere(
      `no broker answers on ${url} (${error instanceof Error ? error.message : 'unknown error'})`,
    );
  }
};
