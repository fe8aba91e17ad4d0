import { toUSVString } from 'node:util';
import type { MethodDefinition } from '@grpc/grpc-js';
import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { paths } from '../../../lib/cvmain/http2-calls.js';
import {
  emptyRequest,
  notificationRequest,
  readBasicResponse,
  readWrappedResponse,
} from '../../../lib/cvmain/messages.js';
import { commsService } from '../../../sim/comms-service.js';
import { anyText } from '../../support/arbitraries.js';
import { rightOf } from '../../support/either.js';

const method = (rpc: string): MethodDefinition<object, object> => {
  const found = commsService[rpc];
  if (found === undefined) throw new Error(`proto/cv_saas.proto has no rpc ${rpc}`);
  return found;
};
const [send, getVersion, getAuthToken] = [
  method('send_notification'),
  method('get_version'),
  method('get_auth_token'),
];

const basic = fc.record({
  success: fc.boolean(),
  errMsg: fc.string({ unit: 'grapheme' }),
  code: fc.maxSafeInteger(),
});
const basicResponse = basic.map((fields) => ({ ...fields, code: fields.code | 0 }));
const notification = fc.record({
  type: anyText,
  vals: fc.array(fc.record({ k: anyText, v: anyText }), { maxLength: 8 }),
});
const target = fc.oneof(
  fc.constant({ kind: 'notifier' } as const),
  fc.record({ kind: fc.constant('external' as const), bindAddr: fc.string(), sendAddr: fc.string() }),
);
/** Fields that a newer cvmain might add: of each wire type, groups included. */
const unknownField = fc
  .tuple(
    fc.integer({ min: 4, max: 2 ** 28 }),
    fc.constantFrom([0, [0xff, 0x01]], [1, Array(8).fill(1)], [2, [3, 1, 2, 3]], [5, Array(4).fill(1)]),
  )
  .map(([field, [wireType, bytes]]) =>
    Buffer.from([...varint(field * 8 + Number(wireType)), ...[bytes].flat().map(Number)]),
  );

const varint = (value: number): readonly number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];

describe('the messages of proto/cv_saas.proto:', () => {
  it('each call has its path', () => {
    expect(paths).to.deep.equal({
      sendNotification: send.path,
      getVersion: getVersion.path,
      getProtocolVersion: method('get_protocol_version').path,
      getAuthToken: getAuthToken.path,
    });
  });

  it('protobufjs reads any notification as it was written', () => {
    fc.assert(
      fc.property(notification, target, (message, where) => {
        const bytes = notificationRequest(message, where);
        expect(bytes.readUInt8(0)).to.equal(0);
        expect(bytes.readUInt32BE(1)).to.equal(bytes.length - 5);
        expect(send.requestDeserialize(bytes.subarray(5))).to.deep.equal({
          msg_type: toUSVString(message.type),
          vals: message.vals.map(({ k, v }) => ({ k: toUSVString(k), v: toUSVString(v) })),
          integration:
            where.kind === 'external' ? { bind_addr: where.bindAddr, send_addr: where.sendAddr } : null,
        });
      }),
    );
  });

  it('any notification is UTF-8, as other implementations reject anything else', () => {
    const strict = new TextDecoder('utf-8', { fatal: true });
    const bytes = notificationRequest({ type: 'half a pair: \ud83d', vals: [] }, { kind: 'notifier' });
    expect(strict.decode(bytes.subarray(7))).to.equal('half a pair: \ufffd');
  });

  it('Empty is the prefix alone', () => {
    expect(emptyRequest.subarray(5)).to.deep.equal(getVersion.requestSerialize({}));
    expect(emptyRequest).to.deep.equal(Buffer.alloc(5));
  });

  it('a BasicResponse is read as protobufjs writes it', () => {
    fc.assert(
      fc.property(basicResponse, (response) => {
        expect(readBasicResponse(send.responseSerialize(response))).to.deep.equal(E.right(response));
      }),
    );
  });

  it('a version and a token are read as protobufjs writes them', () => {
    fc.assert(
      fc.property(fc.option(basicResponse), fc.string({ unit: 'grapheme' }), (resp, text) => {
        const expected = E.right({ resp: resp ?? undefined, text });
        expect(readWrappedResponse(getVersion.responseSerialize({ resp, version: text }))).to.deep.equal(
          expected,
        );
        expect(readWrappedResponse(getAuthToken.responseSerialize({ resp, token: text }))).to.deep.equal(
          expected,
        );
      }),
    );
  });

  it('a missing field has its default', () => {
    expect(readBasicResponse(Buffer.alloc(0))).to.deep.equal(
      E.right({ success: false, errMsg: '', code: 0 }),
    );
    expect(readWrappedResponse(Buffer.alloc(0))).to.deep.equal(E.right({ resp: undefined, text: '' }));
  });

  it('unknown fields are skipped', () => {
    fc.assert(
      fc.property(
        basicResponse,
        fc.array(unknownField),
        fc.array(unknownField),
        (response, before, behind) => {
          const bytes = Buffer.concat([...before, send.responseSerialize(response), ...behind]);
          expect(readBasicResponse(bytes)).to.deep.equal(E.right(response));
          expect(rightOf(readWrappedResponse(Buffer.concat([...before, ...behind]))).text).to.equal('');
        },
      ),
    );
  });

  it('any bytes give a message or Left, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        for (const read of [readBasicResponse, readWrappedResponse])
          expect(read(bytes)).to.have.property('_tag');
      }),
      { numRuns: 2_000 },
    );
  });

  it('a truncated message is Left', () => {
    const whole = send.responseSerialize({ success: true, errMsg: 'because', code: 300 });
    const cut = Array.from({ length: whole.length }, (_, length) =>
      readBasicResponse(whole.subarray(0, length)),
    );
    // Between two fields, a truncated message is valid.
    expect(cut.flatMap((read, length) => (E.isRight(read) ? [length] : []))).to.deep.equal([0, 2, 11]);
  });
});
