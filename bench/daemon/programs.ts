import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { layout } from '../../lib/config/layout.js';
import type { AtEnd } from '../../spec/rig/at-end.js';
import { type Child, startChild } from '../../spec/rig/child.js';
import { startCvmqtt } from '../../spec/rig/daemon.js';
import type { Unit } from './unit.js';

/** A program that forwards the messages of a unit, in its own process. */
export type Program = (atEnd: AtEnd, unit: Unit) => Child;

const naiveFile = fileURLToPath(new URL('../naive.mjs', import.meta.url));

/** The built daemon; CVMQTT_BIN names another build. */
export const daemon: Program = (atEnd, { home }) => startCvmqtt(atEnd, ['run', home]);

/** The daemon with grpc-js. */
export const daemonOnGrpcJs: Program = (atEnd, unit) => {
  writeFileSync(layout(unit.home).settings, '{"grpc_client":"grpc-js"}');
  return daemon(atEnd, unit);
};

/** Settles as the promise does, but rejects as soon as the program exits, after which the result could not come. */
export const whileRunning = <A>(child: Child, promise: Promise<A>): Promise<A> =>
  Promise.race([
    promise,
    child.exited.then(({ code, signal }) => {
      throw new Error(`it ended, code ${code}, ${signal}: ${child.output().stderr.slice(-1_000)}`);
    }),
  ]);

/** The program to compare with. */
export const naive: Program = (atEnd, { home }) => startChild(atEnd, process.execPath, [naiveFile, home]);
