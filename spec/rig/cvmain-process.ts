import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeJsonWith } from '../../lib/util/codec.js';
import type { AtEnd } from './at-end.js';
import { type Child, startChild } from './child.js';
import { Journal } from './journal.js';

/** Configuration of the process. */
export const CvmainSpec = t.type({
  home: t.string,
  port: t.number,
  brokerUrl: t.string,
  notifierAddr: t.string,
  /** Its address in config.json. */
  announcedAddr: t.string,
  integrations: t.readonlyArray(t.string),
  /** Maximum duration of a call, ms. */
  callMs: t.number,
});

export type CvmainSpec = t.TypeOf<typeof CvmainSpec>;

const CvmainEvent = t.type({
  /** Its clock, ms. */
  at: t.number,
  /** `starting` comes before its port is open; `accepted` before the answer is sent. */
  event: t.keyof({ starting: null, serving: null, called: null, accepted: null }),
  /** The message's name, and its body. */
  name: t.string,
  body: t.string,
});

/** An event of a cvmain. */
export type CvmainEvent = t.TypeOf<typeof CvmainEvent>;

/** cvmain as a separate process. Its events span its restarts. */
export interface CvmainProcess {
  readonly events: Journal<CvmainEvent>;
  /** The calls it accepted. */
  readonly accepted: Journal<CvmainEvent>;
  /** SIGKILL: the port refuses connections from now on. */
  kill(): Promise<void>;
  /** Starts it again, on the same port; resolves when it serves. */
  start(): Promise<void>;
  /** SIGSTOP: the system still accepts connections, but nothing answers. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
  /** Releases hanging calls, and those to come. */
  release(): void;
}

const runner = fileURLToPath(new URL('./cvmain-runner.ts', import.meta.url));

/** Starts cvmain. A message's body may determine how its first call is treated, see `cvmain-treatment.ts`. */
export async function startCvmainProcess(atEnd: AtEnd, spec: CvmainSpec): Promise<CvmainProcess> {
  const events = new Journal<CvmainEvent>();
  const accepted = events.derive((each) => (each.event === 'accepted' ? each : undefined));
  let child: Child | undefined;
  let starts = 0;
  const start = async (): Promise<void> => {
    child = startChild(atEnd, process.execPath, ['--import', 'tsx', runner, JSON.stringify(spec)]);
    child.stdout.derive((line) => {
      const event = decodeJsonWith(CvmainEvent)(line);
      if (E.isRight(event)) events.put(event.right);
      return undefined;
    });
    starts += 1;
    const serves = events.first('cvmain to serve', ({ event }) => event === 'serving', { nth: starts });
    const ended = child.exited.then((exit) => {
      throw new Error(`cvmain ended: ${JSON.stringify(exit)} ${child?.output().stderr}`);
    });
    await Promise.race([serves, ended]);
    ended.catch(() => undefined);
  };
  await start();
  return {
    events,
    accepted,
    start,
    kill: async () => {
      await child?.end('SIGKILL');
    },
    freeze: () => child?.signal('SIGSTOP'),
    thaw: () => child?.signal('SIGCONT'),
    release: () => child?.signal('SIGUSR2'),
  };
}
