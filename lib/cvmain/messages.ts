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

/** `GetVersionResponse`, `GetAuthTokenResponse`: the version or token, and a `BasicResponse`. */
export interface WrappedResponse {
  readonly resp: BasicResponse | undefined;
  readonly text: string;
}

const varint = 0;
const lengthDelimited = 2;

/** The tag of a field on the wire. */
const tag = (field: number, wireType: number): number => (field << 3) | wireType;
const [text1, text2] = [tag(1, lengthDelimited), tag(2, lengthDelimited)];

/** `google.protobuf.Empty` with its gRPC prefix. */
export const emptyRequest = Buffer.alloc(prefixBytes);

/** `NotificationMessageRequest` with its gRPC prefix; `integration` only for an integration's own address. */
export const notificationRequest = ({ type, vals }: Notification, target: Target): Buffer => {
  const writer = protobuf.Writer.create().uint32(0).fixed32(0);
  text(writer, text1, type);
  for (const { k, v } of vals) pair(writer, text2, k, v);
  if (target.kind === 'external') pair(writer, tag(3, lengthDelimited), target.bindAddr, target.sendAddr);
  const bytes = Buffer.from(writer.finish());
  bytes.writeUInt32BE(bytes.length - prefixBytes, 1);
  return bytes;
};

/** A message of two strings. */
const pair = (writer: protobuf.Writer, before: number, first: string, second: string): void => {
  writer.uint32(before).fork();
  text(writer, text1, first);
  text(writer, text2, second);
  writer.ldelim();
};

/** A lone surrogate has no UTF-8; protobufjs would send bytes that other implementations refuse. */
const text = (writer: protobuf.Writer, before: number, value: string): void => {
  writer.uint32(before).string(toUSVString(value));
};

/**
 * Parses a `BasicResponse`: missing fields have proto3's defaults, unknown ones are skipped. Left if the bytes are
 * invalid.
 */
export const readBasicResponse = (bytes: Uint8Array): E.Either<string, BasicResponse> =>
  reading(() => basicResponse(bytes));

/** Parses a `BasicResponse` with a string. */
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

/** Checked here: protobufjs accepts a truncated string. */
const stringFrom = (reader: protobuf.Reader): string => Buffer.from(reader.bytes()).toString();

/** Calls `take` before each field; skips fields that it does not read. Throws like protobufjs. */
const eachField = (bytes: Uint8Array, take: (before: number, reader: protobuf.Reader) => boolean): void => {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const before = reader.uint32();
    if (!take(before, reader)) reader.skipType(before & 7);
  }
};

const reading = <A>(read: () => A): E.Either<string, A> =>
  E.tryCatch(read, (error) => (error instanceof Error ? error.message : "it can't be parsed"));
