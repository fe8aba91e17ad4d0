import { defaultSettings, type Settings, SettingsJson } from './settings.js';

/** The unit of a setting, and what it is for. */
interface About {
  readonly unit: string;
  readonly about: string;
}

const about: { readonly [Key in keyof Settings]: About } = {
  name_from: {
    unit: '',
    about:
      "Where a message's name is taken from: the payload's envelope, the topic, or (`auto`) the envelope and else the topic.",
  },
  reserved_integrations: {
    unit: '',
    about: 'The reserved names (`vg:…`) that may receive messages, in full.',
  },
  hold_unregistered_ms: { unit: 'ms', about: 'How long a message waits for its app to register.' },
  hold_max_messages: {
    unit: 'messages',
    about: 'How many messages may wait in memory for apps to register.',
  },
  mqtt_version: { unit: '', about: '`auto` is MQTT 5, or 3.1.1 if the broker does not support 5.' },
  keepalive_s: {
    unit: 's',
    about:
      'The MQTT keep-alive interval: the broker takes the connection for dead after 1.5 times that. The daemon notices a dead connection sooner: see [faults.md](faults.md).',
  },
  session_expiry_s: {
    unit: 's',
    about: 'How long the broker keeps the session of a unit that is away (MQTT 5).',
  },
  window_messages: {
    unit: 'messages',
    about: 'How many received messages may be unacknowledged.',
  },
  window_bytes: { unit: 'bytes', about: 'How large their payloads may be in total.' },
  calls_in_flight: {
    unit: 'calls',
    about: 'How many calls to cvmain may be in flight, at most one per app.',
  },
  call_deadline_ms: { unit: 'ms', about: 'How long cvmain may take to answer a call.' },
  retry_max_ms: { unit: 'ms', about: 'The longest wait between two attempts for a message.' },
  give_up_after_ms: {
    unit: 'ms',
    about:
      'How long cvmain may keep failing calls for a message while it serves others; then the message is `refused`.',
  },
  patience_ms: {
    unit: 'ms',
    about:
      'How long an app may make no progress before its messages are written to the spool, if they hold up others.',
  },
  spool_max_bytes: { unit: 'bytes', about: 'The maximum size of the spool; 0 switches it off.' },
  spool_max_age_s: {
    unit: 's',
    about:
      'How long after its receipt a spooled message is still delivered; then it is `expired`. For a message from an earlier boot, the time counts from this boot if the clock is not known to be right.',
  },
  shutdown_grace_ms: { unit: 'ms', about: 'How long calls in flight may take after SIGTERM.' },
  dead_letter_max_bytes: {
    unit: 'bytes',
    about: 'The size at which the dead-letter file is moved to `.1`, replacing the previous one.',
  },
};

const row = (key: keyof Settings): string => {
  const { unit, about: what } = about[key];
  const range = SettingsJson.props[key].name;
  return `| \`${key}\` | \`${JSON.stringify(defaultSettings[key])}\` | ${unit} | ${range} | ${what} |`;
};

/** All settings of `mq/cvmqtt.json` as a Markdown table: key, default, unit, range, purpose. */
export const settingsTable = (): string =>
  ['| setting | default | unit | range | what it is for |', '|---|---|---|---|---|', ...keys.map(row)].join(
    '\n',
  );

const keys: readonly (keyof Settings)[] = [
  'name_from',
  'reserved_integrations',
  'hold_unregistered_ms',
  'hold_max_messages',
  'mqtt_version',
  'keepalive_s',
  'session_expiry_s',
  'window_messages',
  'window_bytes',
  'calls_in_flight',
  'call_deadline_ms',
  'retry_max_ms',
  'give_up_after_ms',
  'patience_ms',
  'spool_max_bytes',
  'spool_max_age_s',
  'shutdown_grace_ms',
  'dead_letter_max_bytes',
];
