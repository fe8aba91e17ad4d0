import type { DialOptions } from './dial.js';
import { socketTransport } from './socket-transport.js';
import type { Transport, TransportEvents } from './transport.js';
import { clientFrame, FrameReader, opcodes } from './web-socket-frames.js';
import { readUpgrade, upgradeTo } from './web-socket-upgrade.js';

/**
 * A transport over a WebSocket (MQTT 5, 6). Data is passed on as it arrives, without waiting for whole messages: their
 * size is the broker's choice. Throws on an invalid certificate or key.
 */
export const webSocketTransport = (
  options: DialOptions,
  { up, data, closed }: TransportEvents,
): Transport => {
  const { request, accept } = upgradeTo(options.address);
  let state: 'upgrading' | 'open' | 'closing' = 'upgrading';
  let head = Buffer.alloc(0);
  let error: Error | undefined;

  const fail = (detail: string): void => {
    error ??= new Error(detail);
    socket.destroy();
  };
  const send = (opcode: number, payload: Buffer): void => {
    if (state === 'open') socket.write(clientFrame(opcode, payload));
  };
  const close = (): void => {
    send(opcodes.close, Buffer.alloc(0));
    state = 'closing';
  };
  const frames = new FrameReader({
    data,
    ping: (payload) => send(opcodes.pong, payload),
    close: () => {
      close();
      socket.destroy();
    },
  });
  const take = (bytes: Buffer): void => {
    const wrong = frames.take(bytes);
    if (wrong !== undefined) fail(`the broker sent ${wrong}`);
  };
  const answer = (bytes: Buffer): void => {
    head = Buffer.concat([head, bytes]);
    const read = readUpgrade(head, accept);
    if (read.kind === 'wrong') fail(read.detail);
    if (read.kind !== 'upgraded') return;
    head = Buffer.alloc(0);
    state = 'open';
    up();
    take(read.rest);
  };
  const socket = socketTransport(options, {
    up: () => socket.write(request),
    data: (bytes) => (state === 'upgrading' ? answer(bytes) : take(bytes)),
    closed: (cause) => closed(error ?? cause),
  });
  return {
    write: (bytes) => send(opcodes.binary, bytes),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    end: () => {
      close();
      socket.resume();
    },
    destroy: () => socket.destroy(),
  };
};
