import * as E from 'fp-ts/lib/Either.js';
import type { GrpcLibrary } from '../cvmain/client.js';
import { type Finding, failing, good, warning } from './finding.js';

/** The versions of a cvmain; of the protocol's, Left says why there is none. */
export interface CvmainVersions {
  readonly version: string;
  readonly protocol: E.Either<string, string>;
}

/** What each gRPC client saw of cvmain, or why there is no answer. */
export type CvmainFacts = Readonly<Record<GrpcLibrary, E.Either<string, CvmainVersions>>>;

/**
 * Findings about cvmain: an error if the client that the daemon uses fails, a warning if only the other one does, or if its
 * protocol is too old for apps.
 */
export const cvmainFindings = (
  address: string,
  chosen: GrpcLibrary,
  facts: CvmainFacts,
): readonly Finding[] =>
  (['http2', 'grpc-js'] as const).map((library) => {
    const answer = facts[library];
    if (E.isRight(answer)) return versionFinding(address, library, answer.right);
    const text = `no answer on ${address} by ${library}: ${answer.left}`;
    return library === chosen
      ? failing('cvmain', 'cvmain-silent', text, 'start cvmain, and compare local_server.bind_addr')
      : warning(
          'cvmain',
          'cvmain-silent',
          text,
          E.isRight(facts[chosen]) ? `nothing: the daemon uses ${chosen} (grpc_client)` : 'start cvmain',
        );
  });

/** The first protocol that knows apps (docs/domain.md#grpc). */
const firstWithApps = [1, 0, 2] as const;

const versionFinding = (address: string, library: GrpcLibrary, versions: CvmainVersions): Finding => {
  const { version, protocol } = versions;
  const shown = E.isRight(protocol) ? `protocol ${protocol.right}` : `protocol unknown (${protocol.left})`;
  const text = `version ${version}, ${shown}, on ${address}, by ${library}`;
  return E.isRight(protocol) && isOlder(protocol.right)
    ? warning('cvmain', 'cvmain-old', text, `update cvmain: apps need protocol ${firstWithApps.join('.')}`)
    : good('cvmain', 'cvmain-answers', text);
};

/** False for a version that is not made of numbers: nothing is known of it. */
const isOlder = (protocol: string): boolean => {
  if (!/^\d+(\.\d+)*$/.test(protocol)) return false;
  const parts = protocol.split('.').map(Number);
  const at = firstWithApps.findIndex((least, place) => (parts[place] ?? 0) !== least);
  return at >= 0 && (parts[at] ?? 0) < (firstWithApps[at] ?? 0);
};
