import type { WireProperties } from '../mqtt/packets/properties.js';
import type { PublishProperties } from './record.js';

/**
 * The properties of a publish in a capture's notation; undefined if there are none. The subscription identifier and the topic
 * alias are left out: they belong to the connection, not to the message. mqtt-packet groups user properties by name, so their
 * order across names is lost.
 */
export const propertiesOfWire = (wire: WireProperties | undefined): PublishProperties | undefined => {
  if (wire === undefined) return undefined;
  const { payloadFormatIndicator, messageExpiryInterval, contentType, responseTopic } = wire;
  const { correlationData, userProperties } = wire;
  const properties: PublishProperties = {
    ...(payloadFormatIndicator === undefined
      ? {}
      : { 'payload-format-indicator': payloadFormatIndicator ? 1 : 0 }),
    ...(messageExpiryInterval === undefined ? {} : { 'message-expiry-interval': messageExpiryInterval }),
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
    ...(responseTopic === undefined ? {} : { 'response-topic': responseTopic }),
    ...(correlationData === undefined
      ? {}
      : { 'correlation-data': Buffer.from(correlationData).toString('base64') }),
    ...(userProperties === undefined
      ? {}
      : {
          'user-properties': Object.entries(userProperties).flatMap(([name, values]) =>
            [values].flat().map((value) => [name, value] as const),
          ),
        }),
  };
  return Object.keys(properties).length === 0 ? undefined : properties;
};
