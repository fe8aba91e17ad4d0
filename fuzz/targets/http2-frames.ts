import type { Random } from '../random.js';

/** The types of frames (RFC 9113, 6). */
export const frameType = {
  data: 0,
  headers: 1,
  rst: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
};
const [endStream, endHeaders] = [1, 4];
/** Bytes before the payload of a frame. */
export const frameHeader = 9;

/** A frame of HTTP/2. */
export const frame = (
  type: number,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
): Buffer => {
  const head = Buffer.alloc(frameHeader);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};

/** A header field as HPACK has it without a table and without Huffman's code (RFC 7541, 6.2.2). */
const field = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.of(0, name.length), Buffer.from(name), Buffer.of(value.length), Buffer.from(value)]);

const status200 = Buffer.of(0x88);
const grpc = Buffer.concat([status200, field('content-type', 'application/grpc')]);
const trailers = (code = '0', message = ''): Buffer =>
  Buffer.concat([field('grpc-status', code), ...(message === '' ? [] : [field('grpc-message', message)])]);

/** An answer to `send_notification`. */
export const accepted = Buffer.from([0, 0, 0, 0, 2, 8, 1]);
/** An answer to `get_version`. */
export const version = Buffer.from([0, 0, 0, 0, 9, 10, 2, 8, 1, 18, 3, 49, 46, 50]);

/** An answer on a stream: one of many that servers give. */
export const answerOn = (stream: number, message: Buffer, random: Random): readonly Buffer[] => {
  const { data, headers, rst, continuation } = frameType;
  const end = frame(headers, endStream | endHeaders, stream, trailers());
  switch (random.below(8)) {
    case 0:
      return [
        frame(
          headers,
          endStream | endHeaders,
          stream,
          Buffer.concat([grpc, trailers(`${random.below(20)}`, 'so it said')]),
        ),
      ];
    case 1:
      return [frame(rst, 0, stream, Buffer.from([0, 0, 0, random.below(15)]))];
    case 2: {
      const cut = random.below(grpc.length);
      return [
        frame(headers, 0, stream, grpc.subarray(0, cut)),
        frame(continuation, endHeaders, stream, grpc.subarray(cut)),
        frame(data, 0, stream, message),
        end,
      ];
    }
    case 3: {
      const page = Buffer.concat([field(':status', '404'), field('content-type', 'text/html')]);
      return [
        frame(headers, endHeaders, stream, page),
        frame(data, endStream, stream, Buffer.from('<p>404</p>')),
      ];
    }
    default: {
      const cut = random.below(message.length);
      return [
        frame(headers, endHeaders, stream, grpc),
        frame(data, 0, stream, message.subarray(0, cut)),
        frame(data, 0, stream, message.subarray(cut)),
        end,
      ];
    }
  }
};

/** A frame that is no answer. */
export const aside = (random: Random): Buffer => {
  const { settings, ping, goaway, window } = frameType;
  return random.pick([
    frame(ping, 0, 0, random.bytes(8)),
    frame(window, 0, 0, Buffer.from([0, 0, 1, 0])),
    frame(settings, 0, 0, Buffer.from([0, random.below(8), 0, 0, 0, random.below(256)])),
    frame(goaway, 0, 0, Buffer.from([0, 0, 0, random.below(6), 0, 0, 0, 0])),
  ]);
};

/** The input as the frames that it is, as far as their lengths lead. */
export const framesIn = (input: Buffer): readonly Buffer[] => {
  const frames = [];
  for (let at = 0; at < input.length; ) {
    const length = at + frameHeader <= input.length ? input.readUIntBE(at, 3) : 0;
    frames.push(input.subarray(at, at + frameHeader + length));
    at += frameHeader + length;
  }
  return frames;
};

/** The stream of a frame; 0 for that of the connection. */
export const streamOf = (bytes: Buffer): number =>
  bytes.length < frameHeader ? 0 : bytes.readUInt32BE(5) & 0x7fffffff;
