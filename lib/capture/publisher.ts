import * as E from 'fp-ts/lib/Either.js';
import { connectAsync, type IClientPublishOptions, type MqttClient } from 'mqtt';
import type { BrokerAddress } from '../config/broker-address.js';
import { bytesOf } from '../rules/message/payload.js';
import type { CapturedPublish, PublishProperties } from './record.js';

/** Where to publish. */
export interface PublisherOptions {
  readonly address: BrokerAddress;
  readonly clientId: string;
  readonly username?: string;
  /** A secret. */
  readonly password?: string;
}

/** Publishes captured messages again. */
export interface Publisher {
  /** Resolves when the broker has it, for QoS 0 when it is written. Left is why it was not published. */
  publish(captured: CapturedPublish): Promise<E.Either<string, void>>;
  close(): Promise<void>;
}

/** How long the broker has to answer a CONNECT, ms. */
const connectTimeoutMs = 10_000;

/** Connects with MQTT 5, so that properties are published too. Left is why there is no connection. */
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
    // What fails is told to those who publish.
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
  // MQTT.js would keep it for a connection that does not come again.
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

/** MQTT.js wants the values of each name together. */
const byName = (pairs: readonly (readonly [string, string])[]): Record<string, string[]> => {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries(values);
};
