import { defaultSettings, type Settings, SettingsJson } from '../../lib/config/settings.js';
import { markdownTable } from './table.js';

/** What a setting is for, and its unit. */
interface About {
  readonly unit: string;
  readonly about: string;
}

const about: { readonly [Key in keyof Settings]: About } = {
  name_from: {
    unit: '',
    about:
      "Where a message's name is read from: the payload's envelope, the topic, or (`auto`) the envelope if there is one, else the topic.",
  },
  reserved_integrations: {
    unit: '',
    about: 'The reserved names (`vg:…`) that may receive messages.',
  },
  hold_unregistered_ms: { unit: 'ms', about: 'How long a message waits for its app to register.' },
  hold_max_messages: {
    unit: 'messages',
    about: 'The most messages that wait in memory for apps to register.',
  },
  mqtt_version: { unit: '', about: '`auto` is MQTT 5, or 3.1.1 if the broker does not support 5.' },
  shared_group: {
    unit: '',
    about:
      'For a consumer of several daemons, not for a unit: the group in which they share the messages of their topic filters, see [shared-group.md](shared-group.md). Empty: every message is for this daemon.',
  },
  keepalive_s: {
    unit: 's',
    about:
      'The MQTT keepalive: after 1.5 times this without a packet the broker counts the daemon as dead. The daemon notices a dead connection sooner: see [faults.md](faults.md).',
  },
  session_expiry_s: {
    unit: 's',
    about: 'How long the broker keeps the session while the unit is away (MQTT 5).',
  },
  window_messages: {
    unit: 'messages',
    about: 'The most messages that are received and not yet acknowledged.',
  },
  window_bytes: { unit: 'bytes', about: 'The most bytes of their payloads.' },
  calls_in_flight: { unit: 'calls', about: 'The most concurrent calls to cvmain; one for each app.' },
  call_deadline_ms: { unit: 'ms', about: 'How long cvmain may take to answer a call.' },
  grpc_client: {
    unit: '',
    about:
      "The gRPC library for the calls to cvmain: `http2` is cvmqtt's own, `grpc-js` is `@grpc/grpc-js` with `@grpc/proto-loader`, which takes more CPU and memory: see [architecture.md](architecture.md#decision-22).",
  },
  retry_max_ms: { unit: 'ms', about: 'The longest wait between two attempts for a message.' },
  give_up_after_ms: {
    unit: 'ms',
    about: 'How long calls for a message may fail while cvmain serves others; then the message is `refused`.',
  },
  patience_ms: {
    unit: 'ms',
    about:
      'How long an app may make no progress before its messages go to the spool, if they hold up others.',
  },
  spool_max_bytes: { unit: 'bytes', about: 'The largest size of the spool; 0 for no spool.' },
  spool_max_age_s: {
    unit: 's',
    about:
      'How old a message in the spool may get; then it is `expired`. If the clock is not known to be right, a message of an earlier boot counts from this boot on.',
  },
  shutdown_grace_ms: { unit: 'ms', about: 'How long calls in flight may take to end after SIGTERM.' },
  dead_letter_max_bytes: {
    unit: 'bytes',
    about: 'The size at which the dead-letter file is moved to `.1`, replacing the one that is there.',
  },
  recorder_max_bytes: {
    unit: 'bytes',
    about: 'Size of the [flight recorder](recorder.md) in RAM. 0: nothing is recorded.',
  },
  recorder_payloads: {
    unit: '',
    about: 'How much of each payload is recorded: all, the first 200 characters, or nothing.',
  },
  health_topic: {
    unit: '',
    about: `The topic, under the token's \`acl.pub\`, where the daemon keeps a retained status, see [health.md](health.md). \`\${username}\` is filled in. Empty: none.`,
  },
  receipts: {
    unit: '',
    about:
      'Who gets a receipt for a message, see [health.md](health.md#receipts): nobody; those who asked, by an MQTT 5 response topic; or all.',
  },
  receipt_topic: {
    unit: '',
    about: 'Where receipts go for messages without a response topic, if they are for `all`.',
  },
};

const row = (key: keyof Settings): readonly string[] => {
  const { unit, about: what } = about[key];
  return [
    `\`${key}\``,
    `\`${JSON.stringify(defaultSettings[key])}\``,
    unit,
    SettingsJson.props[key].name,
    what,
  ];
};

/** All settings of `mq/cvmqtt.json`, from the codec: key, default, unit, range, what it is for. */
export const settingsTable = (): string =>
  markdownTable([['setting', 'default', 'unit', 'range', 'what it is for'], ...keys.map(row)]);

const keys: readonly (keyof Settings)[] = [
  'name_from',
  'reserved_integrations',
  'hold_unregistered_ms',
  'hold_max_messages',
  'mqtt_version',
  'shared_group',
  'keepalive_s',
  'session_expiry_s',
  'window_messages',
  'window_bytes',
  'calls_in_flight',
  'call_deadline_ms',
  'grpc_client',
  'retry_max_ms',
  'give_up_after_ms',
  'patience_ms',
  'spool_max_bytes',
  'spool_max_age_s',
  'shutdown_grace_ms',
  'dead_letter_max_bytes',
  'recorder_max_bytes',
  'recorder_payloads',
  'health_topic',
  'receipts',
  'receipt_topic',
];
