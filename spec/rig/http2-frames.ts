/** A frame of HTTP/2 (RFC 9113, 4.1), as far as counting calls needs it. */
export interface Frame {
  readonly type: 'headers' | 'reset' | 'other';
  readonly stream: number;
  /** END_STREAM. */
  readonly last: boolean;
}

const headerBytes = 9;
const endStream = 0x1;
const [data, headers, reset] = [0x0, 0x1, 0x3];

/** Parses one direction of a connection; `preface` is the number of bytes before its first frame. */
export function frameReader(preface: number): (chunk: Buffer) => readonly Frame[] {
  let rest = Buffer.alloc(0);
  let skip = preface;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const frames: Frame[] = [];
    for (;;) {
      const start = skip;
      if (rest.length < start + headerBytes) return frames;
      const end = start + headerBytes + rest.readUIntBE(start, 3);
      if (rest.length < end) return frames;
      frames.push(frameOf(rest.subarray(start, end)));
      rest = rest.subarray(end);
      skip = 0;
    }
  };
}

const frameOf = (bytes: Buffer): Frame => {
  const type = bytes.readUInt8(3);
  return {
    type: type === headers ? 'headers' : type === reset ? 'reset' : 'other',
    stream: bytes.readUInt32BE(5) & 0x7fffffff,
    last: (type === data || type === headers) && (bytes.readUInt8(4) & endStream) !== 0,
  };
};
