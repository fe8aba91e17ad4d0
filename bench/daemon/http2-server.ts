import { createServer, type Server, type Socket } from 'node:net';

const prefaceBytes = 24;
const frameHeaderBytes = 9;
const [data, headers, settings, ping, windowUpdate] = [0x0, 0x1, 0x4, 0x6, 0x8];
const [endStream, endHeaders, ack] = [0x1, 0x4, 0x1];
/** Flow-control window added to the initial one; it is refilled long before it is used up. */
const window = 4 * 1_048_576;
const windowStep = 1_048_576;

const frame = (type: number, flags: number, stream: number, payload: Buffer): Buffer => {
  const head = Buffer.alloc(frameHeaderBytes);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};

const openWindow = (bytes: number): Buffer => {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(bytes);
  return frame(windowUpdate, 0, 0, payload);
};

/** A short string (under 127 bytes) in HPACK without Huffman coding (RFC 7541, 5.2). */
const literal = (text: string): Buffer => Buffer.from([text.length, ...Buffer.from(text)]);

/** `:status 200` is entry 8 of HPACK's static table, the name `content-type` entry 31. */
const head = Buffer.concat([Buffer.from([0x88, 0x0f, 0x10]), literal('application/grpc')]);
const trailers = Buffer.concat([Buffer.from([0x00]), literal('grpc-status'), literal('0')]);

/** The answer of a successful call: headers, a protobuf message, trailers. */
const answer = (message: Buffer): ((stream: number) => Buffer) => {
  const prefixed = Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]);
  const frames = [
    frame(headers, endHeaders, 0, head),
    frame(data, 0, 0, prefixed),
    frame(headers, endHeaders | endStream, 0, trailers),
  ];
  const made = Buffer.concat(frames);
  const [first = 0, second = 0] = frames.map(({ length }) => length);
  return (stream) => {
    const copy = Buffer.from(made);
    for (const at of [0, first, first + second]) copy.writeUInt32BE(stream, at + 5);
    return copy;
  };
};

/** `BasicResponse { success }`, and `GetVersionResponse { resp { success } version }`. */
const accepted = answer(Buffer.from([0x08, 1]));
const version = answer(Buffer.concat([Buffer.from([0x0a, 2, 0x08, 1, 0x12]), literal('1.0.0-bench')]));
/** Length of a request with an empty message, prefix only. Of the calls made here, only `get_version` sends one. */
const emptyBytes = 5;

/**
 * The cheapest possible cvmain: parses HTTP/2 frames by hand, ignores headers, and answers each call at once with
 * prepared bytes (RFC 9113). A server on `node:http2` would cost as much per call as the client that is measured.
 * `called` gets the request of each `send_notification`.
 */
export const fastCvmain = (called: (request: Buffer) => void): Server =>
  createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.setNoDelay();
    serve(socket, called);
  });

const serve = (socket: Socket, called: (request: Buffer) => void): void => {
  const requests = new Map<number, Buffer>();
  let rest = Buffer.alloc(0);
  let skip = prefaceBytes;
  let taken = 0;

  const answered = (type: number, flags: number, stream: number, payload: Buffer): Buffer | undefined => {
    if (type === settings) return (flags & ack) === 0 ? frame(settings, ack, 0, Buffer.alloc(0)) : undefined;
    if (type === ping) return (flags & ack) === 0 ? frame(ping, ack, 0, payload) : undefined;
    if (type !== data && type !== headers) return undefined;
    if (type === data && payload.length > 0) {
      taken += payload.length;
      requests.set(stream, Buffer.concat([requests.get(stream) ?? Buffer.alloc(0), payload]));
    }
    if ((flags & endStream) === 0) return undefined;
    const request = requests.get(stream) ?? Buffer.alloc(0);
    requests.delete(stream);
    if (request.length === emptyBytes) return version(stream);
    called(request);
    return accepted(stream);
  };

  socket.write(Buffer.concat([frame(settings, 0, 0, Buffer.alloc(0)), openWindow(window)]));
  socket.on('data', (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const answers: Buffer[] = [];
    let at = 0;
    for (;;) {
      const start = at + skip;
      if (bytes.length < start + frameHeaderBytes) break;
      const end = start + frameHeaderBytes + bytes.readUIntBE(start, 3);
      if (bytes.length < end) break;
      const [type, flags] = [bytes.readUInt8(start + 3), bytes.readUInt8(start + 4)];
      const payload = bytes.subarray(start + frameHeaderBytes, end);
      const out = answered(type, flags, bytes.readUInt32BE(start + 5) & 0x7fffffff, payload);
      if (out !== undefined) answers.push(out);
      at = end;
      skip = 0;
    }
    rest = Buffer.from(bytes.subarray(at));
    if (taken >= windowStep) {
      answers.push(openWindow(taken));
      taken = 0;
    }
    if (answers.length > 0) socket.write(Buffer.concat(answers));
  });
};
