import type { IConnackPacket } from 'mqtt';
import type { BrokerLimits, Connack } from './connection.js';

type Properties = IConnackPacket['properties'];

/** What this client needs of a CONNACK that accepts the connection; of 3.1.1 only whether the session is known. */
export const connackOf = ({ sessionPresent, properties }: IConnackPacket): Connack => {
  const sessionExpiryS = properties?.sessionExpiryInterval;
  const limits = limitsOf(properties);
  return {
    sessionPresent,
    ...(sessionExpiryS === undefined ? {} : { sessionExpiryS }),
    ...(properties?.sharedSubscriptionAvailable === false ? { hasNoSharing: true } : {}),
    ...(limits === undefined ? {} : { limits }),
  };
};

/** The limits in the properties of CONNACK; undefined if the broker announces none. */
const limitsOf = (properties: Properties): BrokerLimits | undefined => {
  const { serverKeepAlive, maximumPacketSize, receiveMaximum, wildcardSubscriptionAvailable } =
    properties ?? {};
  const { maximumQoS, retainAvailable } = properties ?? {};
  const limits = {
    ...(serverKeepAlive === undefined ? {} : { keepaliveS: serverKeepAlive }),
    ...(maximumPacketSize === undefined ? {} : { maximumPacketSize }),
    ...(receiveMaximum === undefined ? {} : { receiveMaximum }),
    ...(maximumQoS === 0 ? { qos1: false } : {}),
    ...(retainAvailable === false ? { retain: false } : {}),
    ...(wildcardSubscriptionAvailable === undefined ? {} : { wildcards: wildcardSubscriptionAvailable }),
  };
  return Object.keys(limits).length === 0 ? undefined : limits;
};
