import type { WireProperties } from '../mqtt/packets/properties.js';
import type { PublishProperties } from './record.js';

/**
 * The properties of a publish, as a capture holds them; undefined where there are none. Those of the subscription and of
 * the connection (its identifier, the topic alias) are not the message's. mqtt-packet keeps user properties by name: their
 * order across names is lost there.
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
