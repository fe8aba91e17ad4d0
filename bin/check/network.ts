import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import * as E from 'fp-ts/lib/Either.js';
import type { CvmainFacts, CvmainVersions } from '../../lib/check/cvmain.js';
import type { Accepted, Attempt, Reached } from '../../lib/check/network.js';
import type { BrokerAddress } from '../../lib/config/broker-address.js';
import { connectCvmain, type GrpcLibrary } from '../../lib/cvmain/client.js';
import type { Connack } from '../../lib/mqtt/connection/connection.js';
import type { ConnectionOptions } from '../../lib/mqtt/connection/connection-options.js';
import { openConnection } from '../../lib/mqtt/connection/open-connection.js';
import { VersionChoice } from '../../lib/mqtt/session/version-choice.js';
import { isEncrypted } from '../../lib/mqtt/transport/dial.js';
import { errorCode } from '../../lib/util/error-code.js';

/** How long each part of the network check may take, ms: they run at the same time. */
const limitMs = 5_000;

/** More addresses of one name than this are not tried. */
const maxAddresses = 8;

/** Asks cvmain for its versions by both gRPC clients. */
export const askCvmain = async (address: string): Promise<CvmainFacts> => {
  const ask = async (library: GrpcLibrary): Promise<E.Either<string, CvmainVersions>> => {
    const cvmain = connectCvmain({ library, address, callDeadlineMs: limitMs, probeDeadlineMs: limitMs });
    const [version, protocol] = await Promise.all([
      new Promise<E.Either<string, string>>(cvmain.getVersion),
      new Promise<E.Either<string, string>>(cvmain.getProtocolVersion),
    ]);
    cvmain.close();
    return E.map((known: string) => ({ version: known, protocol }))(version);
  };
  const [http2, grpcJs] = await Promise.all([ask('http2'), ask('grpc-js')]);
  return { http2, 'grpc-js': grpcJs };
};

/** Tries each address of the broker's name, with TLS if the broker has it. Left: why the name has none. */
export const reachBroker = async (broker: BrokerAddress): Promise<E.Either<string, readonly Reached[]>> => {
  const found = lookup(broker.host, { all: true }).then(
    (addresses) => E.right(addresses.slice(0, maxAddresses)),
    (error: unknown) => E.left(errorCode(error) ?? 'unknown error'),
  );
  const addresses = await Promise.race([found, afterLimit(E.left('no answer in time'))]);
  if (E.isLeft(addresses)) return addresses;
  return E.right(
    await Promise.all(
      addresses.right.map(({ address, family }) => reach(address, family === 6 ? 6 : 4, broker)),
    ),
  );
};

const reach = (address: string, family: 4 | 6, broker: BrokerAddress): Promise<Reached> =>
  new Promise((resolve) => {
    const encrypted = isEncrypted(broker);
    const { host, port } = broker;
    const target = { host: address, port };
    // Any certificate, and nothing is sent: whether it is the right one, the daemon's way of connecting finds out.
    const anyCertificate = { rejectUnauthorized: false, ...(isIP(host) === 0 ? { servername: host } : {}) };
    const socket = encrypted ? connectTls({ ...target, ...anyCertificate }) : connect(target);
    const end = (detail?: string): void => {
      clearTimeout(timer);
      const until =
        socket instanceof TLSSocket ? Date.parse(socket.getPeerCertificate()?.valid_to) : Number.NaN;
      socket.destroy();
      resolve({
        address,
        family,
        ...(detail === undefined ? {} : { detail }),
        ...(Number.isNaN(until) ? {} : { certificateUntil: until }),
      });
    };
    const timer = setTimeout(end, limitMs, 'no answer in time');
    socket.once(encrypted ? 'secureConnect' : 'connect', () => end());
    socket.once('error', (error) => end(errorCode(error) ?? 'unknown error'));
  });

/** What a connection needs besides the version. */
type Options = Omit<ConnectionOptions, 'protocolVersion'>;

/**
 * Connects, subscribes and disconnects; with `auto` again with 3.1.1 where the broker does not take 5. What arrives
 * meanwhile is neither acknowledged nor shown.
 */
export const tryBroker = async (
  options: Options,
  filters: readonly string[],
  setting: 'auto' | 4 | 5,
): Promise<Attempt> => {
  const choice = new VersionChoice(setting);
  const startedAt = performance.now();
  for (;;) {
    const version = choice.current;
    const leftMs = Math.max(1, limitMs - (performance.now() - startedAt));
    const attempt = await connectOnce({ ...options, protocolVersion: version }, filters, leftMs);
    const isFinal = attempt.kind !== 'ended' || attempt.accepted !== undefined;
    if (isFinal || setting !== 'auto' || version === 4) return attempt;
    // A broker that hangs up once may be restarting: the choice asks for a second time before it falls back.
    choice.ended(attempt.reason, false);
    if (attempt.reason.kind !== 'hung-up' && choice.current === version) return attempt;
  }
};

const connectOnce = (
  options: ConnectionOptions,
  filters: readonly string[],
  leftMs: number,
): Promise<Attempt> =>
  new Promise((resolve) => {
    let accepted: Accepted | undefined;
    let attempt: Attempt | undefined;
    const end = (result: Attempt): void => {
      attempt ??= result;
      connection.end();
    };
    const soFar = () => (accepted === undefined ? {} : { accepted });
    const timer = setTimeout(() => end({ kind: 'late', afterMs: limitMs, ...soFar() }), leftMs);
    const connection = openConnection(options, {
      publish: () => true,
      happened: (event) => {
        if (event.kind === 'connected') subscribe(event.connack);
        if (event.kind !== 'closed') return;
        clearTimeout(timer);
        resolve(attempt ?? { kind: 'ended', reason: event.reason, ...soFar() });
      },
    });
    const subscribe = ({ limits, hasNoSharing }: Connack): void => {
      const connack: Accepted = {
        version: options.protocolVersion,
        ...(limits === undefined ? {} : { limits }),
        ...(hasNoSharing === undefined ? {} : { hasNoSharing }),
      };
      accepted = connack;
      connection.subscribe(filters, (granted) => end({ kind: 'subscribed', accepted: connack, granted }));
    };
  });

const afterLimit = <A>(value: A): Promise<A> =>
  new Promise((resolve) => {
    setTimeout(resolve, limitMs, value).unref();
  });
