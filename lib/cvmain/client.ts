import { Client, credentials, Metadata, type MethodDefinition, type ServiceError } from '@grpc/grpc-js';
import * as E from 'fp-ts/lib/Either.js';
import type { Outcome } from '../delivery/outcome.js';
import type { Notification } from '../notification/notification.js';
import type { Target } from '../notification/target.js';
import { outcomeOfAnswer, outcomeOfError, tokenOfAnswer, versionOfAnswer } from './answers.js';
import { commsService } from './service.js';

/** How cvmain is reached. */
export interface CvmainOptions {
  /** `host:port`. */
  readonly address: string;
  /** How long `send_notification` may take, ms. */
  readonly callDeadlineMs: number;
}

/** cvmain, as far as cvmqtt uses it. Each function returns what cancels the call; a cancelled call reports nothing. */
export interface Cvmain {
  /** Sends one notification, and reports its outcome once. */
  sendNotification(notification: Notification, target: Target, done: (outcome: Outcome) => void): () => void;
  /** Asks for cvmain's version; Left says why there is no answer. */
  getVersion(done: (version: E.Either<string, string>) => void): () => void;
  /** Asks for the unit's token; undefined when there is none yet, Left says why there is no answer. */
  getAuthToken(done: (token: E.Either<string, string | undefined>) => void): () => void;
  close(): void;
}

/** A server that is up answers at once; one that is not is asked again (domain.md, "Start-up"). */
const probeDeadlineMs = 1_000;

/**
 * cvmain is on this machine: a proxy would be wrong, and waiting for long before trying again too. With the wait between
 * two probes, which is up to 500 ms, it is found within a second of its return.
 */
const channelOptions = {
  'grpc.enable_http_proxy': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.enable_retries': 0,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 300,
};

/**
 * A client of cvmain: one HTTP/2 connection, made at the first call and again whenever it broke. Every call has a deadline
 * (design.md, decision 4).
 */
export const connectCvmain = ({ address, callDeadlineMs }: CvmainOptions): Cvmain => {
  const client = new Client(address, credentials.createInsecure(), channelOptions);
  const sendNotification = methodOf('send_notification');
  const getVersion = methodOf('get_version');
  const getAuthToken = methodOf('get_auth_token');

  const call = (
    method: MethodDefinition<object, object>,
    request: object,
    deadlineMs: number,
    done: (error: ServiceError | null, answer: unknown) => void,
  ): (() => void) => {
    let cancelled = false;
    const { path, requestSerialize, responseDeserialize } = method;
    const deadline = Date.now() + deadlineMs;
    const inFlight = client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      new Metadata(),
      { deadline },
      (error, answer) => {
        if (!cancelled) done(error, answer);
      },
    );
    return () => {
      cancelled = true;
      inFlight.cancel();
    };
  };

  return {
    sendNotification: ({ type, vals }, target, done) => {
      const integration =
        target.kind === 'external' ? { bind_addr: target.bindAddr, send_addr: target.sendAddr } : undefined;
      const request = { msg_type: type, vals, integration };
      return call(sendNotification, request, callDeadlineMs, (error, answer) =>
        done(error === null ? outcomeOfAnswer(answer) : outcomeOfError(error)),
      );
    },
    getVersion: (done) =>
      call(getVersion, {}, probeDeadlineMs, (error, answer) =>
        done(error === null ? versionOfAnswer(answer) : E.left(error.details)),
      ),
    getAuthToken: (done) =>
      call(getAuthToken, {}, probeDeadlineMs, (error, answer) =>
        done(error === null ? tokenOfAnswer(answer) : E.left(error.details)),
      ),
    close: () => client.close(),
  };
};

const methodOf = (rpc: string): MethodDefinition<object, object> => {
  const method = commsService[rpc];
  if (method === undefined) throw new Error(`proto/cv_saas.proto has no rpc ${rpc}`);
  return method;
};
