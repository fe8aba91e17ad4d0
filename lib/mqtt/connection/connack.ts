import type { IConnackPacket } from 'mqtt';
import type { BrokerLimits } from './connection.js';

/** The limits in the properties of CONNACK; undefined if the broker announces none. */
export const limitsOf = (properties: IConnackPacket['properties']): BrokerLimits | undefined => {
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
