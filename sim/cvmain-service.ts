import {
  type ServerUnaryCall,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decodeWith } from '../lib/util/codec.js';
import { type Answer, ok, refused } from './answer.js';
import type { Integrations } from './integrations.js';
import type { Notifier } from './notifier.js';

const Empty = t.type({});
const RegisterRequest = t.type({
  name: t.string,
  integration: t.union([t.null, t.type({ host: t.string, port: t.number })]),
});
const UnregisterRequest = t.type({ name: t.string });
const NotificationRequest = t.type({
  msg_type: t.string,
  vals: t.array(t.type({ k: t.string, v: t.string })),
  integration: t.union([t.null, t.type({ bind_addr: t.string, send_addr: t.string })]),
});

/** A `NotificationMessageRequest`; `integration` is null when the caller left it out. */
export type NotificationRequest = t.TypeOf<typeof NotificationRequest>;

/** A gRPC status that ends a call instead of an answer. */
export interface Failure {
  readonly code: status;
  readonly details: string;
}

/**
 * Intercepts `send_notification`: the caller gets its result. `pass` does what cvmain would do. With a promise that
 * stays pending, the call hangs.
 */
export type Intercept = (
  request: NotificationRequest,
  pass: () => Promise<Answer>,
) => Promise<Answer | Failure>;

export interface ServiceParts {
  readonly version: string;
  readonly protocolVersion: string;
  readonly token: () => string;
  readonly integrations: Integrations;
  readonly notifier: Notifier;
  /** `host:port` of the system notifier. */
  readonly notifierAddr: string;
  /** `host:port` that its packets, and those without a `bind_addr`, are sent from. */
  readonly notifierBindAddr: string;
  readonly intercept: Intercept | undefined;
  readonly onAccepted: ((request: NotificationRequest) => void) | undefined;
  readonly onRefused: OnRefused | undefined;
}

/** Called when an app is not registered or unregistered under a name: with the name and the reason. */
export type OnRefused = (name: string, reason: string) => void;

/** The rpcs of cvmain (docs/domain.md#grpc). A request that doesn't decode gets INVALID_ARGUMENT. */
export function cvmainService(parts: ServiceParts): UntypedServiceImplementation {
  const { integrations, intercept, onAccepted, onRefused } = parts;
  const answered = (name: string, resp: Answer): { readonly resp: Answer } => {
    if (!resp.success) onRefused?.(name, resp.errMsg);
    return { resp };
  };
  const notify = async (request: NotificationRequest): Promise<Answer | Failure> => {
    const pass = () => sendNotification(parts, request);
    const outcome = await (intercept === undefined ? pass() : intercept(request, pass));
    if ('success' in outcome && outcome.success) onAccepted?.(request);
    return outcome;
  };
  return {
    get_version: unary(Empty, async () => ({ resp: ok, version: parts.version })),
    get_protocol_version: unary(Empty, async () => ({ resp: ok, version: parts.protocolVersion })),
    ping: unary(Empty, async () => ({ resp: ok })),
    get_auth_token: unary(Empty, async () => ({ resp: ok, token: parts.token() })),
    register_mqtt_integration: unary(RegisterRequest, async ({ name, integration }) =>
      answered(name, await integrations.register(name, integration ?? undefined)),
    ),
    unregister_mqtt_integration: unary(UnregisterRequest, async ({ name }) =>
      answered(name, await integrations.unregister(name)),
    ),
    send_notification: unary(NotificationRequest, notify),
  };
}

/**
 * Sends one UDP packet for a call (docs/domain.md#notifications); succeeds once the system has accepted it.
 */
async function sendNotification(parts: ServiceParts, request: NotificationRequest): Promise<Answer> {
  const { msg_type, vals, integration } = request;
  const packet = Buffer.from(JSON.stringify({ type: msg_type, vals }));
  const sent = await parts.notifier.send(
    packet,
    integration?.send_addr ?? parts.notifierAddr,
    integration?.bind_addr || parts.notifierBindAddr,
  );
  return E.isLeft(sent) ? refused('failed', sent.left) : ok;
}

type Reply = object | Failure;

/**
 * A unary handler: decodes the request; a `Failure` or an exception becomes a status, any other result the
 * answer.
 */
function unary<A>(codec: t.Type<A, unknown>, handle: (request: A) => Promise<Reply>) {
  return (call: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<unknown>): void => {
    const request = decodeWith(codec)(call.request);
    if (E.isLeft(request)) {
      callback({ code: status.INVALID_ARGUMENT, details: request.left });
      return;
    }
    handle(request.right).then(
      (reply) => ('details' in reply ? callback(reply) : callback(null, reply)),
      (error: unknown) =>
        callback({ code: status.INTERNAL, details: error instanceof Error ? error.message : 'failed' }),
    );
  };
}
