import { connect, type Socket } from 'node:net';
import { listen } from '../../sim/listener.js';
import type { AtEnd } from './at-end.js';
import { frameReader } from './http2-frames.js';
import { Journal } from './journal.js';

/** An event on the way to cvmain: a new connection, or a call opened on one. */
export interface CallStep {
  readonly kind: 'connection' | 'call';
  /** Time, ms. */
  readonly at: number;
  /** Number of open calls after it. */
  readonly open: number;
}

/** A proxy to cvmain that counts connections and calls. */
export interface CallTap {
  /** `127.0.0.1:<port>` */
  readonly address: string;
  readonly steps: Journal<CallStep>;
  /** Number of calls open now. */
  open(): number;
}

/** Connects each client with cvmain at `port`; closes the client's connection if nothing listens there. */
export async function tapCalls(atEnd: AtEnd, port: number): Promise<CallTap> {
  const steps = new Journal<CallStep>();
  const listener = await listen(0);
  atEnd(listener.suspend);
  const open = new Set<string>();
  let connections = 0;
  const note = (kind: CallStep['kind']): void => steps.put({ kind, at: Date.now(), open: open.size });

  listener.accept((daemon) => {
    const id = ++connections;
    note('connection');
    const cvmain = connect(port, '127.0.0.1');
    const toCvmain = frameReader(24);
    const fromCvmain = frameReader(0);
    daemon.on('data', (chunk: Buffer) => {
      for (const { type, stream } of toCvmain(chunk)) {
        if (type === 'headers') {
          open.add(`${id}.${stream}`);
          note('call');
        } else if (type === 'reset') open.delete(`${id}.${stream}`);
      }
    });
    cvmain.on('data', (chunk: Buffer) => {
      for (const { type, stream, last } of fromCvmain(chunk))
        if (last || type === 'reset') open.delete(`${id}.${stream}`);
    });
    const ended = (): void => {
      for (const call of [...open]) if (call.startsWith(`${id}.`)) open.delete(call);
    };
    pass(daemon, cvmain, ended);
    pass(cvmain, daemon, ended);
  });
  return { address: `127.0.0.1:${listener.port}`, steps, open: () => open.size };
}

const pass = (here: Socket, there: Socket, ended: () => void): void => {
  here.setNoDelay();
  here.on('error', () => undefined);
  here.once('close', () => {
    ended();
    there.destroy();
  });
  here.pipe(there);
};
