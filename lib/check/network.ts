import * as E from 'fp-ts/lib/Either.js';
import type { BrokerLimits, CloseReason, Granted } from '../mqtt/connection/connection.js';
import { renewalMs } from './certificates.js';
import { type Finding, failing, good, warning } from './finding.js';

/** One address of the broker's name, and why it can't be reached, if it can't. */
export interface Reached {
  readonly address: string;
  readonly family: 4 | 6;
  readonly detail?: string;
  /** When the certificate that it shows expires, ms since the epoch; absent without TLS, and if it shows none. */
  readonly certificateUntil?: number;
}

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

/** A CONNACK that accepts the connection. */
export interface Accepted {
  readonly version: 4 | 5;
  readonly limits?: BrokerLimits;
  /** MQTT 5: the broker has no shared subscriptions. */
  readonly hasNoSharing?: boolean;
}

/** How one connection to the broker went: CONNECT, then SUBSCRIBE. `accepted` is absent if the former failed. */
export type Attempt =
  | { readonly kind: 'subscribed'; readonly accepted: Accepted; readonly granted: readonly Granted[] }
  | { readonly kind: 'ended'; readonly accepted?: Accepted; readonly reason: CloseReason }
  | { readonly kind: 'late'; readonly accepted?: Accepted; readonly afterMs: number };

/** Findings about the connection, the login and the subscriptions; `isShared` with `shared_group`. */
export const attemptFindings = (broker: string, attempt: Attempt, isShared: boolean): readonly Finding[] => [
  ...(attempt.accepted === undefined ? [] : acceptedFindings(broker, attempt.accepted, isShared)),
  ...lastFindings(broker, attempt),
];

const acceptedFindings = (
  broker: string,
  { version, limits, hasNoSharing }: Accepted,
  isShared: boolean,
): readonly Finding[] => [
  good('broker', 'login-accepted', `${broker} accepts the login, with MQTT ${version === 5 ? '5' : '3.1.1'}`),
  ...limitFindings(limits ?? {}),
  ...(isShared && hasNoSharing
    ? [
        failing(
          'broker',
          'no-sharing',
          'has no shared subscriptions, which shared_group needs',
          'remove shared_group from mq/cvmqtt.json, or change the broker',
        ),
      ]
    : []),
];

/** How its last step went: SUBSCRIBE, if CONNECT was accepted. */
const lastFindings = (broker: string, attempt: Attempt): readonly Finding[] => {
  const isAccepted = attempt.accepted !== undefined;
  if (attempt.kind === 'ended')
    return [isAccepted ? endAtSubscribe(broker, attempt.reason) : endFinding(broker, attempt.reason)];
  if (attempt.kind === 'late') {
    const text = `${broker} gave no answer to ${isAccepted ? 'SUBSCRIBE' : 'CONNECT'} within ${attempt.afterMs} ms`;
    return [
      isAccepted
        ? failing('broker', 'subscribe-late', text, "look at the broker's log and load")
        : failing('broker', 'broker-late', text, 'check the network, and what answers on this port'),
    ];
  }
  const isDeaf = attempt.granted.every(({ qos }) => qos === undefined);
  return attempt.granted.map(({ filter, qos }) => {
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
  });
};

/** Some brokers end the connection instead of refusing a filter. */
const endAtSubscribe = (broker: string, reason: CloseReason): Finding => {
  if (reason.kind === 'taken-over') return endFinding(broker, reason);
  const text = `${broker} ends the connection at SUBSCRIBE${'detail' in reason ? `: ${reason.detail}` : ''}`;
  const advice = "compare the token's acl with the rules of the broker, and look at the broker's log";
  return failing('broker', 'subscribe-ended', text, advice);
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
