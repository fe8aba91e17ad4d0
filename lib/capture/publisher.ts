import * as E from 'fp-ts/lib/Either.js';
import { connectAsync, type IClientPublishOptions, type MqttClient } from 'mqtt';
import type { BrokerAddress } from '../config/broker-address.js';
import { bytesOf } from '../rules/message/payload.js';
import type { CapturedPublish, PublishProperties } from './record.js';

/** The broker to publish at. */
export interface PublisherOptions {
  readonly address: BrokerAddress;
  readonly clientId: string;
  readonly username?: string;
  /** A secret. */
  readonly password?: string;
}

/** Publishes captured messages. */
export interface Publisher {
  /** Resolves once the broker has acknowledged the publish; for QoS 0, once it is written. Left: why it failed. */
  publish(captured: CapturedPublish): Promise<E.Either<string, void>>;
  close(): Promise<void>;
}

/** How long the broker may take to answer CONNECT, ms. */
const connectTimeoutMs = 10_000;

/** Connects with MQTT 5, so that properties are published too. Left: why it failed. */
export const connectPublisher = async ({
  address,
  ...login
}: PublisherOptions): Promise<E.Either<string, Publisher>> => {
  try {
    const client = await connectAsync({
      ...address,
      ...login,
      protocolVersion: 5,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: connectTimeoutMs,
    });
    // Errors reach the callers of publish.
    client.on('error', () => undefined);
    return E.right({
      publish: (captured) => publish(client, captured),
      close: () => client.endAsync(),
    });
  } catch (error) {
    return E.left(messageOf(error));
  }
};

const publish = async (
  client: MqttClient,
  { publish: { topic, payload, qos, retain }, properties }: CapturedPublish,
): Promise<E.Either<string, void>> => {
  // MQTT.js would queue it for a reconnection that never happens.
  if (!client.connected) return E.left('the connection to the broker was lost');
  try {
    const options: IClientPublishOptions = { qos, retain, properties: propertiesOf(properties) };
    await client.publishAsync(topic, Buffer.from(bytesOf(payload)), options);
    return E.right(undefined);
  } catch (error) {
    return E.left(messageOf(error));
  }
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown error');

const propertiesOf = (
  properties: PublishProperties = {},
): NonNullable<IClientPublishOptions['properties']> => {
  const {
    'payload-format-indicator': format,
    'message-expiry-interval': messageExpiryInterval,
    'content-type': contentType,
    'response-topic': responseTopic,
    'correlation-data': correlationData,
    'user-properties': userProperties,
  } = properties;
  return {
    ...(format === undefined ? {} : { payloadFormatIndicator: format === 1 }),
    ...(messageExpiryInterval === undefined ? {} : { messageExpiryInterval }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined ? {} : { correlationData: Buffer.from(correlationData, 'base64') }),
    ...(userProperties === undefined ? {} : { userProperties: byName(userProperties) }),
  };
};

/** Groups values by name, as MQTT.js expects. */
const byName = (pairs: readonly (readonly [string, string])[]): Record<string, string[]> => {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries(values);
};
