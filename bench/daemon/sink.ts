import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import type { AtEnd } from '../../spec/rig/at-end.js';
import { Journal } from '../../spec/rig/journal.js';
import { type Arrivals, type Expected, FromSink } from './sink-messages.js';

/** A cvmain as cheap as possible, in its own process. */
export interface Sink {
  readonly port: number;
  /** Starts counting calls: resolves once ready, with a promise for the last of them. */
  expect(expected: Expected): Promise<{ readonly all: Promise<Arrivals> }>;
}

const program = fileURLToPath(new URL('./sink-process.ts', import.meta.url));

/** Longer than any run takes on an idle machine. */
const timeout = { ms: 180_000 };

/** Starts the sink. */
export const startSink = async (atEnd: AtEnd): Promise<Sink> => {
  const env = { ...process.env, NODE_OPTIONS: '' };
  const child = fork(program, { execArgv: ['--import', 'tsx'], env });
  const exited = once(child, 'exit');
  let fromSink = new Journal<FromSink>();
  child.on('message', (message) => {
    const decoded = FromSink.decode(message);
    if (E.isLeft(decoded)) throw new Error('unexpected message from the sink');
    fromSink.put(decoded.right);
  });
  child.on('exit', (code) => fromSink.end(new Error(`the sink ended, code ${code}`)));
  atEnd(async () => {
    child.kill();
    await exited;
  });
  const listening = await fromSink.first('the sink to listen');
  if (listening.kind !== 'listening') throw new Error('unexpected first message from the sink');
  return {
    port: listening.port,
    expect: async (expected) => {
      fromSink = new Journal();
      child.send(expected);
      await fromSink.first('the sink to be ready', ({ kind }) => kind === 'ready');
      const all = fromSink
        .first('all calls', ({ kind }) => kind === 'all', timeout)
        .then((last) => {
          if (last.kind !== 'all') throw new Error('unexpected message from the sink');
          return last;
        });
      // It may reject before the caller awaits it; that isn't an unhandled rejection.
      all.catch(() => undefined);
      return { all };
    },
  };
};
