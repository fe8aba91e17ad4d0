import { toUSVString } from 'node:util';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { status } from '../../grpc/index.js';
import { decodeWith } from '../../util/codec.js';
import type { Call, Calls, NotificationCall } from '../calls.js';
import type { WrappedResponse } from '../messages.js';
import { GrpcJsChannel } from './channel.js';
import { readCommsService } from './service.js';

const service = readCommsService(new URL('../../../proto/cv_saas.proto', import.meta.url));

const BasicResponse = t.type({ success: t.boolean, errMsg: t.string, code: t.number }, 'BasicResponse');
const resp = t.union([t.null, BasicResponse]);
const VersionResponse = t.type({ resp, version: t.string }, 'VersionResponse');
const GetAuthTokenResponse = t.type({ resp, token: t.string }, 'GetAuthTokenResponse');

/** The calls over grpc-js, with messages of `proto/cv_saas.proto` by proto-loader. */
export const grpcJsCalls = (address: string): Calls => {
  const channel = new GrpcJsChannel(address);
  const calling =
    <Request, Message, Answer>(
      rpc: string,
      write: (request: Request) => object,
      codec: t.Decoder<unknown, Message>,
      read: (message: Message) => Answer,
    ): Call<Request, Answer> =>
    (request, deadlineMs, report) =>
      channel.call<object, unknown>({ method: methodOf(rpc), request: write(request), deadlineMs }, (end) => {
        if (E.isLeft(end)) report(end);
        else report(E.bimap(brokenAnswer, read)(decodeWith(codec)(end.right)));
      });
  return {
    sendNotification: calling('send_notification', notificationRequest, BasicResponse, (answer) => answer),
    getVersion: calling('get_version', nothing, VersionResponse, ({ resp, version }) =>
      wrapped(resp, version),
    ),
    getProtocolVersion: calling('get_protocol_version', nothing, VersionResponse, ({ resp, version }) =>
      wrapped(resp, version),
    ),
    getAuthToken: calling('get_auth_token', nothing, GetAuthTokenResponse, ({ resp, token }) =>
      wrapped(resp, token),
    ),
    close: () => channel.close(),
  };
};

const methodOf = (rpc: string) => {
  const method = service[rpc];
  if (method === undefined) throw new Error(`proto/cv_saas.proto has no rpc ${rpc}`);
  return method;
};

/** `google.protobuf.Empty` */
const nothing = (): object => ({});

/** A lone surrogate has no UTF-8; protobufjs would send bytes that other implementations refuse. */
const notificationRequest = ({ notification: { type, vals }, target }: NotificationCall): object => ({
  msg_type: toUSVString(type),
  vals: vals.map(({ k, v }) => ({ k: toUSVString(k), v: toUSVString(v) })),
  ...(target.kind === 'external' && {
    integration: { bind_addr: toUSVString(target.bindAddr), send_addr: toUSVString(target.sendAddr) },
  }),
});

const wrapped = (resp: WrappedResponse['resp'] | null, text: string): WrappedResponse => ({
  resp: resp ?? undefined,
  text,
});

const brokenAnswer = (problem: string) => ({
  code: status.INTERNAL,
  details: `the answer is broken: ${problem}`,
});
