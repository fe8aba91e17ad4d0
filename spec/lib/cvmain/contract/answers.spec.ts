import { constants, type ServerHttp2Stream } from 'node:http2';
import { expect } from 'chai';
import type { Outcome } from '../../../../lib/delivery/outcome.js';
import { endingAfterTest } from '../../../e2e/support/at-end.js';
import { clients, send } from '../../../support/grpc-clients.js';
import { accepted, answer, ok, startRawServer } from '../../../support/raw-server.js';

/** What a server does with a call, and what becomes of the call; `reference` where grpc-js has another opinion. */
interface Case {
  readonly does: string;
  readonly handle: (stream: ServerHttp2Stream) => void;
  readonly outcome: readonly [Outcome['kind'], string?];
  readonly reference?: readonly [Outcome['kind'], string?];
}

const prefixed = (message: Buffer, { flag = 0, length = message.length } = {}): Buffer => {
  const prefix = Buffer.from([flag, 0, 0, 0, 0]);
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
};

const page = (http: number) => (stream: ServerHttp2Stream) => {
  stream.respond({ ':status': http, 'content-type': 'text/html' });
  stream.end('<html>no</html>');
};

/** Sends the bytes in so many pieces, each in a frame of its own. */
const inPieces = (bytes: Buffer, pieceBytes: number) => (stream: ServerHttp2Stream) => {
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.respond(ok, { waitForTrailers: true });
  const next = (at: number): void => {
    if (at >= bytes.length) stream.end();
    else stream.write(bytes.subarray(at, at + pieceBytes), () => next(at + pieceBytes));
  };
  next(0);
};

const trailersOnly = (trailers: object) => (stream: ServerHttp2Stream) =>
  stream.respond({ ...ok, ...trailers }, { endStream: true });

const httpStatuses: readonly (readonly [number, Outcome['kind'], string])[] = [
  [400, 'failed', 'INTERNAL'],
  [401, 'refused', 'UNAUTHENTICATED'],
  [403, 'refused', 'PERMISSION_DENIED'],
  [404, 'refused', 'UNIMPLEMENTED'],
  [418, 'refused', 'UNKNOWN'],
  [429, 'away', 'UNAVAILABLE'],
  [502, 'away', 'UNAVAILABLE'],
  [503, 'away', 'UNAVAILABLE'],
  [504, 'away', 'UNAVAILABLE'],
];

const resets: readonly (readonly [number, Outcome['kind'], string])[] = [
  [constants.NGHTTP2_PROTOCOL_ERROR, 'failed', 'INTERNAL'],
  [constants.NGHTTP2_INTERNAL_ERROR, 'failed', 'INTERNAL'],
  [constants.NGHTTP2_FLOW_CONTROL_ERROR, 'failed', 'INTERNAL'],
  [constants.NGHTTP2_STREAM_CLOSED, 'failed', 'INTERNAL'],
  [constants.NGHTTP2_REFUSED_STREAM, 'away', 'UNAVAILABLE'],
  [constants.NGHTTP2_CANCEL, 'failed', 'CANCELLED'],
  [constants.NGHTTP2_ENHANCE_YOUR_CALM, 'failed', 'RESOURCE_EXHAUSTED'],
  [constants.NGHTTP2_INADEQUATE_SECURITY, 'refused', 'PERMISSION_DENIED'],
];

const cases: readonly Case[] = [
  {
    does: 'has nothing but trailers',
    handle: trailersOnly({ 'grpc-status': '7', 'grpc-message': 'a%20b%C3%A4%' }),
    outcome: ['refused', 'PERMISSION_DENIED: a%20b%C3%A4%'],
  },
  {
    does: 'has nothing but trailers, and says OK',
    handle: trailersOnly({ 'grpc-status': '0' }),
    outcome: ['refused', 'UNIMPLEMENTED'],
  },
  { does: 'has nothing but headers', handle: trailersOnly({}), outcome: ['refused', 'UNKNOWN'] },
  {
    does: 'has a message that is percent-encoded',
    handle: (stream) => answer(stream, accepted, { 'grpc-status': '5', 'grpc-message': 'a%20b%C3%A4%2F' }),
    outcome: ['refused', 'NOT_FOUND: a bä/'],
    reference: ['refused', 'NOT_FOUND: a bä%2F'],
  },
  {
    does: 'has trailers without a status',
    handle: (stream) => answer(stream, accepted, { 'x-other': '1' }),
    outcome: ['refused', 'UNKNOWN'],
  },
  {
    does: 'has a status that is no number',
    handle: (stream) => answer(stream, accepted, { 'grpc-status': 'fine' }),
    outcome: ['refused', 'UNKNOWN'],
    reference: ['refused'],
  },
  {
    does: 'has a status that gRPC has not',
    handle: (stream) => answer(stream, accepted, { 'grpc-status': '99' }),
    outcome: ['refused', 'status 99'],
  },
  {
    does: 'has a message and no trailers',
    handle: (stream) => {
      stream.respond(ok);
      stream.end(accepted);
    },
    outcome: ['failed', 'INTERNAL'],
  },
  {
    does: 'has a message, and then nothing',
    handle: (stream) => {
      stream.respond(ok);
      stream.write(accepted);
    },
    outcome: ['away', 'DEADLINE_EXCEEDED'],
  },
  {
    does: 'says OK without a message',
    handle: (stream) => answer(stream, Buffer.alloc(0)),
    outcome: ['refused', 'UNIMPLEMENTED'],
  },
  {
    does: 'says OK after half a message',
    handle: (stream) => answer(stream, accepted.subarray(0, -1)),
    outcome: ['refused', 'UNIMPLEMENTED'],
  },
  {
    does: 'has two messages',
    handle: (stream) => answer(stream, Buffer.concat([accepted, accepted])),
    outcome: ['refused', 'UNIMPLEMENTED'],
    reference: ['away', 'DEADLINE_EXCEEDED'],
  },
  {
    does: 'has a message that is compressed',
    handle: (stream) => answer(stream, prefixed(Buffer.from([8, 1]), { flag: 1 })),
    outcome: ['failed', 'INTERNAL'],
    reference: ['refused'],
  },
  {
    does: 'announces more than 4 MiB',
    handle: (stream) => answer(stream, prefixed(Buffer.from([8, 1]), { length: 0xffffffff })),
    outcome: ['failed', 'RESOURCE_EXHAUSTED'],
  },
  {
    does: 'is no protobuf',
    handle: (stream) => answer(stream, prefixed(Buffer.from([8, 0xff]))),
    outcome: ['failed', 'INTERNAL'],
  },
  {
    does: 'is empty: not a success',
    handle: (stream) => answer(stream, prefixed(Buffer.alloc(0))),
    outcome: ['refused'],
  },
  { does: 'comes byte by byte', handle: inPieces(accepted, 1), outcome: ['accepted'] },
  { does: 'comes with its prefix torn', handle: inPieces(accepted, 3), outcome: ['accepted'] },
  {
    does: 'has informational headers before it',
    handle: (stream) => {
      stream.additionalHeaders({ ':status': 103 });
      answer(stream);
    },
    outcome: ['accepted'],
  },
  {
    does: 'is a page, though with HTTP status 200',
    handle: page(200),
    outcome: ['refused', 'UNKNOWN'],
    reference: ['failed'],
  },
  ...httpStatuses.map(([http, kind, name]) => ({
    does: `is a page with HTTP status ${http}`,
    handle: page(http),
    outcome: [kind, name] as const,
  })),
  ...resets.map(([code, kind, name]) => ({
    does: `is RST_STREAM with code ${code}`,
    handle: (stream: ServerHttp2Stream) => stream.close(code),
    outcome: [kind, name] as const,
  })),
];

for (const { name, connect } of clients)
  describe(`the client on ${name}, when an answer`, () => {
    const atEnd = endingAfterTest();

    for (const { does, handle, outcome, reference } of cases) {
      const [kind, detail = ''] = (name === 'grpc-js' ? reference : undefined) ?? outcome;
      it(`${does}, is ${kind}; and the next call goes well`, async () => {
        let isFirst = true;
        const server = await startRawServer(atEnd, (stream) => {
          if (isFirst) handle(stream);
          else answer(stream);
        });
        const client = connect({ address: server.address, callDeadlineMs: 200 });
        atEnd(client.close);
        const outcomeOfFirst = await send(client);
        expect(outcomeOfFirst).to.have.property('kind', kind);
        if (kind !== 'accepted') expect(outcomeOfFirst).to.have.property('detail').that.includes(detail);
        isFirst = false;
        expect(await send(client)).to.deep.equal({ kind: 'accepted' });
        expect(server.sessions.entries, 'connections').to.have.length(1);
      });
    }
  });
