import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { Integration } from './integrations.js';
import { type CallFailure, callCvmain } from './rpc.js';

const Response = t.type({ resp: t.type({ success: t.boolean, errMsg: t.string, code: t.number }) });

/** Why a registration failed: the call failed, or cvmain refused it. */
export type RegistrationFailure =
  | CallFailure
  | { readonly reason: 'refused'; readonly code: number; readonly detail: string };

/**
 * Registers `name` with the cvmain at `address` (`host:port`), as a third-party app does (docs/domain.md#grpc): with an
 * `integration` to get messages there, without one by the system notifier. A second call updates the registration.
 */
export function registerIntegration(
  address: string,
  name: string,
  integration?: Integration,
): Promise<E.Either<RegistrationFailure, void>> {
  const request = integration === undefined ? { name } : { name, integration };
  return call(address, 'register_mqtt_integration', request);
}

/** Removes the registration of `name`. */
export function unregisterIntegration(
  address: string,
  name: string,
): Promise<E.Either<RegistrationFailure, void>> {
  return call(address, 'unregister_mqtt_integration', { name });
}

async function call(
  address: string,
  rpc: string,
  request: object,
): Promise<E.Either<RegistrationFailure, void>> {
  const response = await callCvmain(address, rpc, request, Response);
  if (E.isLeft(response)) return response;
  const { success, code, errMsg } = response.right.resp;
  return success ? E.right(undefined) : E.left({ reason: 'refused', code, detail: errMsg });
}
