import { constants, type ServerHttp2Stream } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { connectCvmain } from '../../../../lib/cvmain/client.js';
import { paths } from '../../../../lib/cvmain/http2-calls.js';
import type { Outcome } from '../../../../lib/rules/delivery/outcome.js';
import { endingAfterTest } from '../../../rig/at-end.js';
import { libraries, send, token, version } from '../../../support/grpc-clients.js';
import { accepted, answer, ok, serving, startRawServer } from '../../../support/raw-server.js';

/** What a server does with a call, and the outcome of the call; `grpcJs` if the outcome with grpc-js differs. */
interface Case {
  readonly does: string;
  readonly handle: (stream: ServerHttp2Stream) => void;
  readonly outcome: readonly [Outcome['kind'], string?];
  readonly grpcJs?: readonly [Outcome['kind'], string?];
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

/** Sends the bytes in pieces of this size, each in its own frame. */
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

const httpStatuses = [204, 301, 400, 401, 403, 404, 418, 429, 500, 502, 503, 504];

const resets: readonly (readonly [number, Outcome['kind'], string])[] = [
  [constants.NGHTTP2_PROTOCOL_ERROR, 'failed', 'INTERNAL'],
  [constants.NGHTTP2_INTERNAL_ERROR, 'failed', 'INTERNAL'],
  [constants.NGHTTP2_FLOW_CONTROL_ERROR, 'failed', 'INTERNAL'],
  [constants.NGHTTP2_STREAM_CLOSED, 'failed', 'INTERNAL'],
  [constants.NGHTTP2_REFUSED_STREAM, 'away', 'UNAVAILABLE'],
  [constants.NGHTTP2_CANCEL, 'failed', 'CANCELLED'],
  [constants.NGHTTP2_ENHANCE_YOUR_CALM, 'failed', 'RESOURCE_EXHAUSTED'],
  [constants.NGHTTP2_INADEQUATE_SECURITY, 'failed', 'INTERNAL'],
];

const packed = gzipSync(Buffer.alloc(8 * 1024 * 1024));

const cases: readonly Case[] = [
  {
    does: 'has only trailers',
    handle: trailersOnly({ 'grpc-status': '7', 'grpc-message': 'a%20b%C3%A4%' }),
    outcome: ['refused', 'PERMISSION_DENIED: a%20b%C3%A4%'],
  },
  {
    does: 'has only trailers, with OK',
    handle: trailersOnly({ 'grpc-status': '0' }),
    outcome: ['failed', 'INTERNAL'],
    grpcJs: ['failed', 'UNIMPLEMENTED'],
  },
  {
    does: 'has only headers',
    handle: trailersOnly({}),
    outcome: ['failed', 'INTERNAL'],
  },
  {
    does: 'has only trailers, with an HTTP status other than success',
    handle: trailersOnly({ ':status': 404, 'grpc-status': '5' }),
    outcome: ['away', 'UNAVAILABLE'],
    grpcJs: ['refused', 'NOT_FOUND'],
  },
  {
    does: 'is UNKNOWN without a message',
    handle: trailersOnly({ 'grpc-status': '2' }),
    outcome: ['failed', 'UNKNOWN'],
  },
  {
    does: 'has a percent-encoded message',
    handle: (stream) => answer(stream, accepted, { 'grpc-status': '5', 'grpc-message': 'a%20b%C3%A4%2F' }),
    outcome: ['refused', 'NOT_FOUND: a bä/'],
    grpcJs: ['refused', 'NOT_FOUND: a bä%2F'],
  },
  {
    does: 'has trailers without a status',
    handle: (stream) => answer(stream, accepted, { 'x-other': '1' }),
    outcome: ['failed', 'INTERNAL'],
  },
  {
    does: 'has a status that is not a number',
    handle: (stream) => answer(stream, accepted, { 'grpc-status': 'fine' }),
    outcome: ['failed', 'INTERNAL'],
  },
  {
    does: 'has a status unknown to gRPC',
    handle: (stream) => answer(stream, accepted, { 'grpc-status': '99' }),
    outcome: ['failed', 'status 99'],
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
    does: 'is OK without a message',
    handle: (stream) => answer(stream, Buffer.alloc(0)),
    outcome: ['failed', 'INTERNAL'],
    grpcJs: ['failed', 'UNIMPLEMENTED'],
  },
  {
    does: 'is OK after half a message',
    handle: (stream) => answer(stream, accepted.subarray(0, -1)),
    outcome: ['failed', 'INTERNAL'],
    grpcJs: ['failed', 'UNIMPLEMENTED'],
  },
  {
    does: 'has two messages',
    handle: (stream) => answer(stream, Buffer.concat([accepted, accepted])),
    outcome: ['failed', 'INTERNAL'],
    grpcJs: ['away', 'DEADLINE_EXCEEDED'],
  },
  {
    does: 'has a compressed message',
    handle: (stream) => answer(stream, prefixed(Buffer.from([8, 1]), { flag: 1 })),
    outcome: ['failed', 'INTERNAL'],
  },
  {
    does: 'is compressed, and 8 MiB uncompressed',
    handle: (stream) => {
      stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.respond({ ...ok, 'grpc-encoding': 'gzip' }, { waitForTrailers: true });
      stream.end(prefixed(packed, { flag: 1 }));
    },
    outcome: ['failed', 'INTERNAL'],
    grpcJs: ['failed', 'RESOURCE_EXHAUSTED'],
  },
  {
    does: 'announces more than 4 MiB',
    handle: (stream) => answer(stream, prefixed(Buffer.from([8, 1]), { length: 0xffffffff })),
    outcome: ['failed', 'RESOURCE_EXHAUSTED'],
  },
  {
    does: 'is not protobuf',
    handle: (stream) => answer(stream, prefixed(Buffer.from([8, 0xff]))),
    outcome: ['failed', 'INTERNAL'],
  },
  {
    does: 'is empty: not a success',
    handle: (stream) => answer(stream, prefixed(Buffer.alloc(0))),
    outcome: ['refused'],
  },
  { does: 'arrives byte by byte', handle: inPieces(accepted, 1), outcome: ['accepted'] },
  { does: 'arrives with its prefix split', handle: inPieces(accepted, 3), outcome: ['accepted'] },
  {
    does: 'has informational headers before it',
    handle: (stream) => {
      stream.additionalHeaders({ ':status': 103 });
      answer(stream);
    },
    outcome: ['accepted'],
  },
  {
    does: 'is an HTML page with HTTP status 200',
    handle: page(200),
    outcome: ['away', 'UNAVAILABLE'],
  },
  ...httpStatuses.map(
    (http): Case => ({
      does: `is an HTML page with HTTP status ${http}`,
      handle: page(http),
      outcome: ['away', `UNAVAILABLE: the answer has HTTP status ${http}`],
      grpcJs: ['away', 'UNAVAILABLE: the answer'],
    }),
  ),
  {
    does: 'has unknown fields',
    handle: (stream) => answer(stream, prefixed(Buffer.from([8, 1, 0xfa, 1, 2, 1, 2, 0x28, 7]))),
    outcome: ['accepted'],
  },
  {
    does: 'is gRPC-Web',
    handle: (stream) => {
      stream.respond({ ...ok, 'content-type': 'application/grpc-web' });
      stream.end(accepted);
    },
    outcome: ['away', 'UNAVAILABLE'],
  },
  ...resets.map(
    ([code, kind, name]): Case => ({
      does: `is RST_STREAM with code ${code}`,
      handle: (stream: ServerHttp2Stream) => stream.close(code),
      outcome: [kind, name] as const,
      ...(code === constants.NGHTTP2_INADEQUATE_SECURITY && { grpcJs: ['refused', 'PERMISSION_DENIED'] }),
    }),
  ),
];

for (const library of libraries) {
  const atEnd = endingAfterTest();
  const connected = (address: string) => {
    const client = connectCvmain({ library, address, callDeadlineMs: 1_000 });
    atEnd(client.close);
    return client;
  };

  describe(`the client by ${library}: an answer of cvmain that`, () => {
    for (const { does, handle, outcome, grpcJs } of cases) {
      const [kind, detail = ''] = (library === 'grpc-js' ? grpcJs : undefined) ?? outcome;
      it(`${does}: the outcome is ${kind}, and the next call is accepted`, async () => {
        let isFirst = true;
        const handling = (stream: ServerHttp2Stream) => (isFirst ? handle(stream) : answer(stream));
        const server = await startRawServer(atEnd, serving(handling));
        const client = connected(server.address);
        expect(await version(client)).to.deep.equal(E.right('1.2'));
        const outcomeOfFirst = await send(client);
        expect(outcomeOfFirst).to.have.property('kind', kind);
        if (kind !== 'accepted') expect(outcomeOfFirst).to.have.property('detail').that.includes(detail);
        isFirst = false;
        expect(await send(client)).to.deep.equal({ kind: 'accepted' });
        expect(server.sessions.entries, 'connections').to.have.length(1);
      });
    }
  });

  describe(`the client by ${library}: an answer of another program that`, () => {
    for (const { does, handle } of cases.filter(({ outcome: [kind] }) => kind !== 'accepted'))
      it(`${does}: no verdict, no version and no token`, async () => {
        const server = await startRawServer(atEnd, handle);
        const client = connectCvmain({
          library,
          address: server.address,
          callDeadlineMs: 200,
          probeDeadlineMs: 200,
        });
        atEnd(client.close);
        expect(await send(client)).to.have.property('kind', 'away');
        expect(await version(client)).to.satisfy(E.isLeft);
        expect(await send(client)).to.have.property('kind', 'away');
        expect(await token(client)).to.satisfy(E.isLeft);
      });
  });
}

describe('a refusal', () => {
  const atEnd = endingAfterTest();
  const refusing = (stream: ServerHttp2Stream) => trailersOnly({ 'grpc-status': '5' })(stream);

  it('counts only if get_version is still answered after it: another process may have the port', async () => {
    let isCvmain = true;
    const server = await startRawServer(atEnd, (stream, headers) => {
      if (isCvmain) serving(answer)(stream, headers);
      else refusing(stream);
    });
    const client = connectCvmain({ library: 'http2', address: server.address, callDeadlineMs: 200 });
    atEnd(client.close);
    expect(await version(client)).to.deep.equal(E.right('1.2'));
    isCvmain = false;
    expect(await send(client)).to.have.property('kind', 'away');
    isCvmain = true;
    expect(await send(client)).to.deep.equal({ kind: 'accepted' });
  });

  it('counts only if get_version was answered before it: it may be from another process', async () => {
    const server = await startRawServer(atEnd, serving(refusing));
    const client = connectCvmain({ library: 'http2', address: server.address, callDeadlineMs: 200 });
    atEnd(client.close);
    expect(await send(client)).to.have.property('kind', 'away');
    expect(await version(client)).to.deep.equal(E.right('1.2'));
    expect(await send(client)).to.deep.equal({ kind: 'refused', detail: 'NOT_FOUND: ' });
  });

  it('is not reported if its call was cancelled, even while it is being proven', async () => {
    let asked: () => void = () => undefined;
    const proving = new Promise<void>((resolve) => {
      asked = resolve;
    });
    let versions = 0;
    const server = await startRawServer(atEnd, (stream, headers) => {
      if (headers[':path'] === paths.getVersion && ++versions > 1) asked();
      else serving(refusing)(stream, headers);
    });
    const client = connectCvmain({
      library: 'http2',
      address: server.address,
      callDeadlineMs: 200,
      probeDeadlineMs: 200,
    });
    atEnd(client.close);
    await version(client);
    const outcomes: Outcome[] = [];
    const cancel = client.sendNotification({ type: 'int1-open', vals: [] }, { kind: 'notifier' }, (outcome) =>
      outcomes.push(outcome),
    );
    await proving;
    cancel();
    expect(await version(client), 'a call after it').to.satisfy(E.isLeft);
    expect(outcomes).to.deep.equal([]);
  });
});
