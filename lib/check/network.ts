import * as E from 'fp-ts/lib/Either.js';
import type { BrokerLimits, CloseReason, Granted } from '../mqtt/connection/connection.js';
import { type Finding, failing, good, warning } from './finding.js';

/** One address of the broker's name, and why it can't be reached, if it can't. */
export interface Reached {
  readonly address: string;
  readonly family: 4 | 6;
  readonly detail?: string;
  /** When the certificate that it shows expires, ms since the epoch; absent without TLS, and if it shows none. */
  readonly certificateUntil?: number;
}

/** Certificates are renewed weeks ahead; this late, someone has to look, ms. */
const renewalMs = 14 * 86_400_000;

/** The finding about the certificate of one address that expires within 14 days of `nowMs`, or has expired. */
const certificateFindings = ({ address, certificateUntil }: Reached, nowMs: number): readonly Finding[] => {
  if (certificateUntil === undefined || certificateUntil > nowMs + renewalMs) return [];
  const text = `the certificate of ${address} is valid until ${new Date(certificateUntil).toISOString()}`;
  return [warning('broker', 'certificate-expires', text, 'renew it at the broker')];
};

/** Findings about the addresses of the broker's name at `nowMs`, ms since the epoch; Left: why the name has none. */
export const addressFindings = (
  broker: string,
  reached: E.Either<string, readonly Reached[]>,
  nowMs: number,
): readonly Finding[] => {
  if (E.isLeft(reached)) {
    const text = `the name of ${broker} was not resolved: ${reached.left}`;
    return [failing('broker', 'name-unresolved', text, 'check the name in mq/mq.json, DNS and the network')];
  }
  const isDead = reached.right.every(({ detail }) => detail !== undefined);
  return reached.right.flatMap((each) => {
    const { address, family, detail } = each;
    const text = `IPv${family} ${address}`;
    if (detail === undefined)
      return [
        good('broker', 'address-reached', `${text} accepts connections`),
        ...certificateFindings(each, nowMs),
      ];
    const advice = 'check the network, the port and any firewall between';
    return [
      isDead
        ? failing('broker', 'address-dead', `${text}: ${detail}`, advice)
        : warning('broker', 'address-dead', `${text}: ${detail}`, `${advice}; another address works`),
    ];
  });
};

/** How one connection to the broker went. */
export type Attempt =
  | {
      readonly kind: 'subscribed';
      readonly version: 4 | 5;
      readonly granted: readonly Granted[];
      readonly limits?: BrokerLimits;
      /** MQTT 5: the broker has no shared subscriptions. */
      readonly hasNoSharing?: boolean;
    }
  | { readonly kind: 'ended'; readonly reason: CloseReason }
  | { readonly kind: 'late'; readonly afterMs: number };

/** Findings about the connection, the login and the subscriptions; `isShared` with `shared_group`. */
export const attemptFindings = (broker: string, attempt: Attempt, isShared: boolean): readonly Finding[] => {
  if (attempt.kind === 'late') {
    const text = `${broker} gave no answer within ${attempt.afterMs} ms`;
    return [failing('broker', 'broker-late', text, 'check the network, and what answers on this port')];
  }
  if (attempt.kind === 'ended') return [endFinding(broker, attempt.reason)];
  const version = attempt.version === 5 ? '5' : '3.1.1';
  const refused = attempt.granted.filter(({ qos }) => qos === undefined);
  const isDeaf = refused.length === attempt.granted.length;
  return [
    good('broker', 'login-accepted', `${broker} accepts the login, with MQTT ${version}`),
    ...limitFindings(attempt.limits ?? {}),
    ...(isShared && attempt.hasNoSharing
      ? [
          failing(
            'broker',
            'no-sharing',
            'has no shared subscriptions, which shared_group needs',
            'remove shared_group from mq/cvmqtt.json, or change the broker',
          ),
        ]
      : []),
    ...attempt.granted.map(({ filter, qos }) => {
      if (qos === undefined) {
        const advice = "compare the token's acl with the rules of the broker";
        const text = `refuses the subscription to ${filter}`;
        return isDeaf
          ? failing('broker', 'filter-refused', text, advice)
          : warning('broker', 'filter-refused', text, advice);
      }
      return qos === 0
        ? warning(
            'broker',
            'qos-0',
            `grants only QoS 0 on ${filter}`,
            'let the broker grant QoS 1: QoS 0 may lose messages',
          )
        : good('broker', 'filter-granted', `grants QoS ${qos} on ${filter}`);
    }),
  ];
};

const limitFindings = ({ keepaliveS, maximumPacketSize, wildcards }: BrokerLimits): readonly Finding[] => {
  const announced = [
    ...(keepaliveS === undefined ? [] : [`keepalive ${keepaliveS} s`]),
    ...(maximumPacketSize === undefined ? [] : [`packets up to ${maximumPacketSize} bytes`]),
  ];
  return [
    ...(announced.length === 0 ? [] : [good('broker', 'limits', `announces ${announced.join(', ')}`)]),
    ...(wildcards === false
      ? [
          warning(
            'broker',
            'no-wildcards',
            'allows no wildcards in topic filters',
            'let the token allow filters without # and +, or change the broker',
          ),
        ]
      : []),
  ];
};

const endFinding = (broker: string, reason: CloseReason): Finding => {
  switch (reason.kind) {
    case 'refused':
      return failing(
        'broker',
        'login-refused',
        `${broker}: ${reason.detail}`,
        'check the token: cvmain has to get a new one',
      );
    case 'unsupported-version':
    case 'hung-up':
      return failing(
        'broker',
        'no-mqtt',
        `${broker} ends the connection at CONNECT`,
        'check the port, and mqtt_version in mq/cvmqtt.json',
      );
    case 'taken-over':
      return failing(
        'broker',
        'broker-lost',
        `${broker}: another client took the session over`,
        'check again',
      );
    default:
      return endByError(broker, reason.detail);
  }
};

const endByError = (broker: string, detail: string): Finding => {
  if (detail.startsWith('connection refused: '))
    return failing('broker', 'broker-refuses', `${broker}: ${detail}`, "look at the broker's log and load");
  if (/certificate required/.test(detail)) {
    const advice = 'let the broker accept the token alone: cvmqtt has no certificate of its own';
    return failing('broker', 'certificate-required', `${broker}: ${detail}`, advice);
  }
  return /certificate|altname/i.test(detail)
    ? failing(
        'broker',
        'certificate',
        `${broker}: ${detail}`,
        "check mq/ca.pem, the name in mq/mq.json, and this machine's clock",
      )
    : failing(
        'broker',
        'broker-unreachable',
        `${broker}: ${detail}`,
        'check the network, the port, and that it speaks this protocol',
      );
};
