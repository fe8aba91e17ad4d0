import { Client, credentials, Metadata } from '@grpc/grpc-js';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import {
  outcomeOfAnswer,
  outcomeOfError,
  tokenOfAnswer,
  versionOfAnswer,
  withoutTokens,
} from '../../lib/cvmain/answers.js';
import type { Cvmain, CvmainOptions } from '../../lib/cvmain/client.js';
import { readBasicResponse, readWrappedResponse } from '../../lib/cvmain/messages.js';
import { Proof } from '../../lib/cvmain/proof.js';
import { type CallStatus, status } from '../../lib/grpc/status.js';
import { commsService } from '../../sim/comms-service.js';

/** To reach cvmain again: 100 to 300 ms, no proxy. */
const channelOptions = {
  'grpc.enable_http_proxy': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.enable_retries': 0,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 300,
};

/** The reference: cvmain by grpc-js and proto-loader, as `connectCvmain` was before it had a client of its own. */
export const connectWithGrpcJs = ({
  address,
  callDeadlineMs,
  probeDeadlineMs = 10_000,
}: CvmainOptions): Cvmain => {
  const proof = new Proof();
  const client = new Client(address, credentials.createInsecure(), channelOptions);

  const call = <A>(
    rpc: string,
    request: object,
    deadlineMs: number,
    read: (bytes: Uint8Array) => E.Either<string, A>,
    done: (answer: E.Either<CallStatus, A>) => void,
  ): (() => void) => {
    const method = commsService[rpc];
    if (method === undefined) throw new Error(`proto/cv_saas.proto has no rpc ${rpc}`);
    let cancelled = false;
    const inFlight = client.makeUnaryRequest<object, E.Either<string, A>>(
      method.path,
      method.requestSerialize,
      read,
      request,
      new Metadata(),
      { deadline: Date.now() + deadlineMs },
      (error, answer) => {
        if (cancelled) return;
        if (error !== null || answer === undefined)
          // It leaves the details out where it can't read the answer, whatever its types say.
          done(E.left({ code: error?.code ?? status.UNKNOWN, details: error?.details ?? '' }));
        else done(E.mapLeft((details: string) => ({ code: status.INTERNAL, details }))(answer));
      },
    );
    return () => {
      cancelled = true;
      inFlight.cancel();
    };
  };

  const getVersion = proof.asking((done) =>
    call('get_version', {}, probeDeadlineMs, readWrappedResponse, (answer) =>
      done(pipe(answer, E.mapLeft(details), E.chain(versionOfAnswer))),
    ),
  );

  return {
    sendNotification: ({ type, vals }, target, done) => {
      const integration =
        target.kind === 'external' ? { bind_addr: target.bindAddr, send_addr: target.sendAddr } : undefined;
      const request = { msg_type: type, vals, integration };
      let cancel = call('send_notification', request, callDeadlineMs, readBasicResponse, (answer) => {
        cancel = proof.judge(E.match(outcomeOfError, outcomeOfAnswer)(answer), getVersion, done);
      });
      return () => cancel();
    },
    getVersion,
    getAuthToken: (done) =>
      call('get_auth_token', {}, probeDeadlineMs, readWrappedResponse, (answer) =>
        done(pipe(answer, E.mapLeft(details), E.chain(tokenOfAnswer), E.mapLeft(withoutTokens))),
      ),
    close: () => client.close(),
  };
};

const details = (failure: CallStatus): string => failure.details;
