import * as E from 'fp-ts/lib/Either.js';
import { print } from '../command.js';
import { exitCode } from '../exit-codes.js';
import type { SimArguments, SimFailure } from './part.js';

/** The platform's server: sends one message to the unit of a home. Resolves once the broker has acknowledged it. */
export const server = async ({
  home,
  words,
  timeoutMs,
}: SimArguments): Promise<E.Either<SimFailure, void>> => {
  const [{ readSimFile }, { connectServer }] = await Promise.all([
    import('../../sim/home.js'),
    import('../../sim/server.js'),
  ]);
  const file = readSimFile(home);
  if (E.isLeft(file)) return E.left({ detail: file.left, exitCode: exitCode.config });
  const { broker_url: url, secret, username } = file.right;
  if (url === undefined)
    return E.left({ detail: 'no broker was started with this home', exitCode: exitCode.config });
  const [name = '', body] = words;
  const envelope = {
    function: name,
    ...(body === undefined ? {} : { body }),
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
  };
  try {
    const connected = await connectServer({ url, secret });
    await connected.send(username, envelope);
    await connected.close();
  } catch (error) {
    const detail = `${url}: ${error instanceof Error ? error.message : 'unknown error'}`;
    return E.left({ detail, exitCode: exitCode.failed });
  }
  print(`sent to s2u/${username}/command: ${JSON.stringify(envelope)}`);
  return E.right(undefined);
};
