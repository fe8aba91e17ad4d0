import { type IPublishPacket, type Packet, type Parser, parser } from 'mqtt-packet';

/** The properties of a publish (MQTT 5, 3.3.2.3), named as in mqtt-packet. */
const publishProperties = new Set([
  'payloadFormatIndicator',
  'messageExpiryInterval',
  'topicAlias',
  'responseTopic',
  'correlationData',
  'userProperties',
  'subscriptionIdentifier',
  'contentType',
]);

/** Reads one whole packet at a time; undefined for a malformed one. */
const packetParser = (protocolVersion: 4 | 5): ((bytes: Uint8Array) => Packet | undefined) => {
  let current: Parser | undefined;
  let found: Packet | undefined;
  const start = (): Parser =>
    parser({ protocolVersion })
      .on('packet', (packet) => {
        found = packet;
      })
      .on('error', () => {
        // After an error, the parser takes nothing more.
        current = undefined;
        found = undefined;
      });
  return (bytes) => {
    found = undefined;
    current ??= start();
    current.parse(Buffer.from(bytes));
    return found;
  };
};

/**
 * Reads PUBLISH packets of a connection; undefined for a malformed one. If the version is unknown, because CONNECT was not
 * captured, a packet that can be read as MQTT 5 is: in 3.1.1, its properties would be the first bytes of the payload.
 */
export const publishReader = (
  version: 4 | 5 | undefined,
): ((bytes: Uint8Array) => IPublishPacket | undefined) => {
  const [four, five] = [packetParser(4), packetParser(5)];
  const as = (packet: Packet | undefined): IPublishPacket | undefined =>
    packet?.cmd === 'publish' && isTopic(packet) ? packet : undefined;
  const asFive = (bytes: Uint8Array): IPublishPacket | undefined => {
    const publish = as(five(bytes));
    const isOne = Object.keys(publish?.properties ?? {}).every((name) => publishProperties.has(name));
    return isOne ? publish : undefined;
  };
  switch (version) {
    case 4:
      return (bytes) => as(four(bytes));
    case 5:
      return asFive;
    case undefined:
      return (bytes) => asFive(bytes) ?? as(four(bytes));
  }
};

/** A topic name has no wildcard and no NUL, and is empty only with an alias [MQTT-4.7.3-1, MQTT-3.3.2-2]. */
const isTopic = ({ topic, properties }: IPublishPacket): boolean =>
  !/[+#\0]/.test(topic) && (topic !== '' || properties?.topicAlias !== undefined);

/** What CONNECT says: the version, and the client id, which is empty if the broker assigns one. Undefined if it is malformed. */
export const connectIn = (
  bytes: Uint8Array,
): { readonly version: 4 | 5; readonly clientId: string } | undefined => {
  const packet = packetParser(4)(bytes);
  if (packet?.cmd !== 'connect') return undefined;
  return { version: packet.protocolVersion === 5 ? 5 : 4, clientId: packet.clientId };
};

/** The client id that CONNACK assigns (MQTT 5, 3.2.2.3.7), if there is one. */
export const assignedIn = (bytes: Uint8Array): string | undefined => {
  const packet = packetParser(5)(bytes);
  return packet?.cmd === 'connack' ? packet.properties?.assignedClientIdentifier : undefined;
};
