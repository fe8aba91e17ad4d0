import { randomBytes } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { authorityFindings } from '../../lib/check/certificates.js';
import { cvmainFindings } from '../../lib/check/cvmain.js';
import { type FileKey, fileFindings } from '../../lib/check/files.js';
import { type Finding, failing } from '../../lib/check/finding.js';
import { integrationFindings } from '../../lib/check/integrations.js';
import { loginFindings } from '../../lib/check/login.js';
import { addressFindings, attemptFindings } from '../../lib/check/network.js';
import { publishingFindings } from '../../lib/check/publishing.js';
import { clockFinding, stateFindings } from '../../lib/check/system.js';
import { systemClock } from '../../lib/clock/system-clock.js';
import { showBrokerAddress } from '../../lib/config/broker-address.js';
import { parseCertificates } from '../../lib/config/certificates.js';
import { isDirectory } from '../../lib/config/config.js';
import { type Credentials, parseCredentials } from '../../lib/config/credentials.js';
import { type CvmainConfig, cvmainDefaults, parseCvmainConfig } from '../../lib/config/cvmain-config.js';
import { layout } from '../../lib/config/layout.js';
import { defaultSettings, parseSettings, type Settings } from '../../lib/config/settings.js';
import type { BrokerLimits } from '../../lib/mqtt/connection/connection.js';
import { isEncrypted } from '../../lib/mqtt/transport/dial.js';
import { minimalCover } from '../../lib/rules/message/topic-filter.js';
import { stateDirectoryOf } from '../state-directory.js';
import { fileFacts, stateFacts } from './facts.js';
import { askCvmain, reachBroker, tryBroker } from './network.js';

/**
 * All findings about the unit with this absolute configuration directory; `offline` leaves out cvmain and the broker. Takes
 * up to 5 s. The caller ends the process: a name server that does not answer would keep it.
 */
export const check = async (
  root: string,
  stateDir: string | undefined,
  offline: boolean,
): Promise<readonly Finding[]> => {
  if (!(await isDirectory(root)))
    return [
      failing(root, 'no-directory', 'is not a readable directory', "give cvmain's configuration directory"),
    ];
  const paths = layout(root);
  const keys: readonly FileKey[] = ['cvmain', 'settings', 'credentials', 'integrations', 'ca'];
  const files = await Promise.all(keys.map(async (key) => ({ key, facts: await fileFacts(paths[key]) })));
  const parsed = <A>(key: FileKey, parse: (text: string) => E.Either<string, A>): A | undefined => {
    const text = files.find((each) => each.key === key)?.facts.text;
    const value = text === undefined || E.isLeft(text) ? undefined : parse(text.right);
    return value === undefined || E.isLeft(value) ? undefined : value.right;
  };
  const cvmain = parsed('cvmain', parseCvmainConfig);
  const settings = parsed('settings', parseSettings) ?? defaultSettings;
  const login = parsed('credentials', parseCredentials);
  const registered = parsed('integrations', (text) => E.right(text));
  const ca = parsed('ca', parseCertificates);
  const { spool_max_bytes, dead_letter_max_bytes, reserved_integrations: reserved } = settings;
  const state = await stateFacts(stateDirectoryOf(stateDir, process.env, paths.state));
  const seen = offline ? { findings: [] } : await neighbours(cvmain, login, settings, ca);
  const nowMs = systemClock.wallMs();
  return [
    ...files.flatMap(({ key, facts }) => fileFindings(key, facts)),
    ...(ca === undefined
      ? []
      : authorityFindings(ca, login !== undefined && isEncrypted(login.address), nowMs)),
    ...(login === undefined ? [] : loginFindings(login, nowMs)),
    ...(login === undefined ? [] : publishingFindings(login, settings, seen.limits)),
    ...(registered === undefined
      ? []
      : integrationFindings(registered, { cvmain: cvmain ?? cvmainDefaults, reserved })),
    clockFinding(nowMs, systemClock.isSynchronised()),
    ...stateFindings(state, spool_max_bytes + 2 * dead_letter_max_bytes),
    ...seen.findings,
  ];
};

interface Seen {
  readonly findings: readonly Finding[];
  /** What the broker announces; absent if it did not accept the connection, or announces nothing. */
  readonly limits?: BrokerLimits;
}

/** Findings about cvmain and the broker, as far as the files say where they are. */
const neighbours = async (
  cvmain: CvmainConfig | undefined,
  login: Credentials | undefined,
  settings: Settings,
  ca: string | undefined,
): Promise<Seen> => {
  const [findings, seen] = await Promise.all([
    cvmain === undefined
      ? []
      : askCvmain(cvmain.address).then((facts) =>
          cvmainFindings(cvmain.address, settings.grpc_client, facts),
        ),
    login === undefined ? { findings: [] } : broker(login, settings, ca),
  ]);
  return { ...seen, findings: [...findings, ...seen.findings] };
};

const versions = { auto: 'auto', '5': 5, '3.1.1': 4 } as const;

const broker = async (login: Credentials, settings: Settings, ca: string | undefined): Promise<Seen> => {
  const shown = showBrokerAddress(login.address);
  const { address, username, password, filters } = login;
  const connection = {
    address,
    username,
    password,
    // Not the daemon's, whose session it would take over.
    clientId: `cvmqtt-check-${randomBytes(4).toString('hex')}`,
    keepaliveS: settings.keepalive_s,
    sessionExpiryS: 0,
    receiveMaximum: 1,
    ...(ca === undefined ? {} : { ca }),
  };
  const [reached, attempt] = await Promise.all([
    reachBroker(address),
    tryBroker(connection, minimalCover(filters), versions[settings.mqtt_version]),
  ]);
  const limits = attempt.accepted?.limits;
  return {
    findings: [
      ...addressFindings(shown, reached, systemClock.wallMs()),
      ...attemptFindings(shown, attempt, settings.shared_group !== ''),
    ],
    ...(limits === undefined ? {} : { limits }),
  };
};
