import type { IPublishPacket } from 'mqtt-packet';
import type { Cursor } from './cursor.js';

/** MQTT 5 properties of a publish, named as in mqtt-packet. */
export type WireProperties = NonNullable<IPublishPacket['properties']>;

type Skip = (cursor: Cursor) => unknown;

/** Types of the other properties that a broker may send, by identifier (MQTT 5, 2.2.2.2). */
const skipped: Readonly<Record<number, Skip>> = {
  17: (cursor) => cursor.long(),
  18: (cursor) => cursor.binary(),
  19: (cursor) => cursor.word(),
  21: (cursor) => cursor.binary(),
  22: (cursor) => cursor.binary(),
  26: (cursor) => cursor.binary(),
  28: (cursor) => cursor.binary(),
  31: (cursor) => cursor.binary(),
  33: (cursor) => cursor.word(),
  34: (cursor) => cursor.word(),
  36: (cursor) => cursor.byte(),
  37: (cursor) => cursor.byte(),
  39: (cursor) => cursor.long(),
  40: (cursor) => cursor.byte(),
  41: (cursor) => cursor.byte(),
  42: (cursor) => cursor.byte(),
};

/**
 * Reads all properties left in a block; undefined if malformed. Of a repeated property that must be unique, the last
 * one counts.
 */
export const readProperties = (cursor: Cursor): WireProperties | undefined => {
  const properties: WireProperties = {};
  while (cursor.left > 0) {
    const identifier = cursor.varint();
    if (cursor.failed || !readOne(properties, identifier, cursor) || cursor.failed) return undefined;
  }
  return properties;
};

const readOne = (properties: WireProperties, identifier: number, cursor: Cursor): boolean => {
  switch (identifier) {
    case 1:
      properties.payloadFormatIndicator = cursor.byte() === 1;
      return true;
    case 2:
      properties.messageExpiryInterval = cursor.long();
      return true;
    case 3:
      properties.contentType = cursor.text();
      return true;
    case 8:
      properties.responseTopic = cursor.text();
      return true;
    case 9:
      properties.correlationData = Buffer.from(cursor.binary());
      return true;
    case 11: {
      properties.subscriptionIdentifier = added(properties.subscriptionIdentifier, cursor.varint());
      return true;
    }
    case 35:
      properties.topicAlias = cursor.word();
      return true;
    case 38:
      addUserProperty(properties, cursor.text(), cursor.text());
      return true;
    default: {
      const skip = skipped[identifier];
      skip?.(cursor);
      return skip !== undefined;
    }
  }
};

const addUserProperty = (properties: WireProperties, name: string, value: string): void => {
  // No prototype: `__proto__` is a valid name.
  const none: NonNullable<WireProperties['userProperties']> = Object.create(null);
  properties.userProperties ??= none;
  properties.userProperties[name] = added(properties.userProperties[name], value);
};

const added = <A>(before: A | A[] | undefined, value: A): A | A[] => {
  if (!Array.isArray(before)) return before === undefined ? value : [before, value];
  before.push(value);
  return before;
};
