import * as E from 'fp-ts/lib/Either.js';
import { type DevEvent, DevEventCodec } from '../../bin/dev/event.js';
import { decodeJsonWith } from '../../lib/util/codec.js';
import { type AtEnd, temporaryDirectory } from './at-end.js';
import type { Child } from './child.js';
import { startCvmqtt } from './daemon.js';
import { freePorts } from './free-port.js';
import type { Journal } from './journal.js';

/** How a command ended: exit code, and all that it wrote. */
export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `cvmqtt dev --json` as a process, once its daemon has subscribed. */
export interface DevProcess extends Child {
  readonly home: string;
  readonly events: Journal<DevEvent>;
  /** Runs another command to its end. */
  run(...args: readonly string[]): Promise<Said>;
  /** `cvmqtt send`, with this home. */
  send(...args: readonly string[]): Promise<Said>;
  /** `cvmqtt integrations`, with this home. */
  integrations(...args: readonly string[]): Promise<Said>;
  /** Starts `cvmqtt listen --register NAME`; resolves once it is registered. */
  listen(name: string, ...args: readonly string[]): Promise<Child>;
}

/** Starts `cvmqtt dev` in a new home, on free ports. */
export const startDev = async (atEnd: AtEnd, ...args: readonly string[]): Promise<DevProcess> => {
  const home = await temporaryDirectory(atEnd);
  const base = await freePorts(3);
  const child = startCvmqtt(atEnd, ['dev', home, '--json', '--port-base', `${base}`, ...args]);
  const events = child.stdout.derive((line) =>
    E.getOrElseW(() => undefined)(decodeJsonWith(DevEventCodec)(line)),
  );
  const run = async (...words: readonly string[]): Promise<Said> => {
    const one = startCvmqtt(atEnd, words);
    const { code } = await one.exited;
    return { code, ...one.output() };
  };
  await events.first(
    'that it is subscribed',
    (each) => each.event === 'log' && each.message.startsWith('subscribed'),
  );
  return {
    ...child,
    home,
    events,
    run,
    send: (...words) => run('send', home, ...words),
    integrations: (...words) => run('integrations', ...words, '--home', home),
    listen: async (name, ...words) => {
      const app = startCvmqtt(atEnd, ['listen', '--register', name, '--home', home, '--json', ...words]);
      await app.stderr.first('that it is registered', (line) => line.startsWith('registered'));
      return app;
    },
  };
};
