import { toUSVString } from 'node:util';
import * as E from 'fp-ts/lib/Either.js';
import protobuf from 'protobufjs/minimal.js';
import { prefixBytes } from '../grpc/index.js';
import type { Notification } from '../rules/notification/notification.js';
import type { Target } from '../rules/target.js';

/** `BasicResponse` of proto/cv_saas.proto. */
export interface BasicResponse {
  readonly success: boolean;
  readonly errMsg: string;
  readonly code: number;
}

/** `GetVersionResponse`, `GetAuthTokenResponse`: the version or the token beside cvmain's word on the call. */
export interface WrappedResponse {
  readonly resp: BasicResponse | undefined;
  readonly text: string;
}

const varint = 0;
const lengthDelimited = 2;

/** What stands before a field on the wire. */
const tag = (field: number, wireType: number): number => (field << 3) | wireType;
const [text1, text2] = [tag(1, lengthDelimited), tag(2, lengthDelimited)];

/** `google.protobuf.Empty`, with the prefix that it has on the wire. */
export const emptyRequest = Buffer.alloc(prefixBytes);

/** `NotificationMessageRequest` with the prefix that it has on the wire; its `integration` only for an app of its own. */
export const notificationRequest = ({ type, vals }: Notification, target: Target): Buffer => {
  const writer = protobuf.Writer.create().uint32(0).fixed32(0);
  text(writer, text1, type);
  for (const { k, v } of vals) pair(writer, text2, k, v);
  if (target.kind === 'external') pair(writer, tag(3, lengthDelimited), target.bindAddr, target.sendAddr);
  const bytes = Buffer.from(writer.finish());
  bytes.writeUInt32BE(bytes.length - prefixBytes, 1);
  return bytes;
};

/** A message that has two strings. */
const pair = (writer: protobuf.Writer, before: number, first: string, second: string): void => {
  writer.uint32(before).fork();
  text(writer, text1, first);
  text(writer, text2, second);
  writer.ldelim();
};

/** Half a surrogate pair has no UTF-8; protobufjs would send bytes that other implementations refuse. */
const text = (writer: protobuf.Writer, before: number, value: string): void => {
  writer.uint32(before).string(toUSVString(value));
};

/** Fields that are not there have proto3's defaults, others are skipped. Left where the bytes are no message. */
export const readBasicResponse = (bytes: Uint8Array): E.Either<string, BasicResponse> =>
  reading(() => basicResponse(bytes));

/** The same for an answer that has a `BasicResponse` and a string. */
export const readWrappedResponse = (bytes: Uint8Array): E.Either<string, WrappedResponse> =>
  reading(() => {
    let resp: BasicResponse | undefined;
    let value = '';
    eachField(bytes, (field, reader) => {
      if (field === text1) resp = basicResponse(reader.bytes());
      else if (field === text2) value = stringFrom(reader);
      else return false;
      return true;
    });
    return { resp, text: value };
  });

const basicResponse = (bytes: Uint8Array): BasicResponse => {
  const response = { success: false, errMsg: '', code: 0 };
  eachField(bytes, (field, reader) => {
    if (field === tag(1, varint)) response.success = reader.bool();
    else if (field === text2) response.errMsg = stringFrom(reader);
    else if (field === tag(3, varint)) response.code = reader.int32();
    else return false;
    return true;
  });
  return response;
};

/** protobufjs's own takes what there is of a string that is cut. */
const stringFrom = (reader: protobuf.Reader): string => Buffer.from(reader.bytes()).toString();

/** Calls `take` before each field; one that it does not take is skipped. Throws what protobufjs throws. */
const eachField = (bytes: Uint8Array, take: (before: number, reader: protobuf.Reader) => boolean): void => {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const before = reader.uint32();
    if (!take(before, reader)) reader.skipType(before & 7);
  }
};

const reading = <A>(read: () => A): E.Either<string, A> =>
  E.tryCatch(read, (error) => (error instanceof Error ? error.message : 'it can not be read'));
