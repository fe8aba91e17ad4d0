import { defaultSettings, type Settings, SettingsJson } from './settings.js';

/** What a setting is for, and its unit. */
interface About {
  readonly unit: string;
  readonly about: string;
}

const about: { readonly [Key in keyof Settings]: About } = {
  name_from: {
    unit: '',
    about:
      "Where a message's name is looked for: the payload's envelope, the topic, or (`auto`) the envelope and else the topic.",
  },
  reserved_integrations: {
    unit: '',
    about: 'The reserved names (`vg:…`) that may receive messages, in full.',
  },
  hold_unregistered_ms: { unit: 'ms', about: 'How long a message waits for its app to register.' },
  hold_max_messages: {
    unit: 'messages',
    about: 'How many messages wait in memory for apps to register, at most.',
  },
  mqtt_version: { unit: '', about: '`auto` is MQTT 5, and 3.1.1 where the broker does not have it.' },
  keepalive_s: {
    unit: 's',
    about:
      'How long the daemon may be silent on its line to the broker, which takes it for dead after 1.5 times that. The daemon notices a dead line sooner: see [faults.md](faults.md).',
  },
  session_expiry_s: {
    unit: 's',
    about: 'How long the broker keeps the session of a unit that is away (MQTT 5).',
  },
  window_messages: {
    unit: 'messages',
    about: 'Messages that were received and not yet acknowledged, at most.',
  },
  window_bytes: { unit: 'bytes', about: 'Their payloads, at most.' },
  calls_in_flight: { unit: 'calls', about: 'Calls to cvmain at once, one for each app.' },
  call_deadline_ms: { unit: 'ms', about: 'How long cvmain has for an answer.' },
  grpc_client: {
    unit: '',
    about:
      "The gRPC library for the calls to cvmain: `http2` is cvmqtt's own, `grpc-js` is `@grpc/grpc-js` with `@grpc/proto-loader`, which takes more CPU and memory.",
  },
  retry_max_ms: { unit: 'ms', about: 'The longest wait between two attempts for a message.' },
  give_up_after_ms: {
    unit: 'ms',
    about:
      'How long cvmain may answer calls for a message with failures while it serves others; then the message counts as refused.',
  },
  patience_ms: {
    unit: 'ms',
    about:
      'How long an app may make no progress before its messages are written to the spool, where they hold up others.',
  },
  spool_max_bytes: { unit: 'bytes', about: 'The size of the spool; 0 for none.' },
  spool_max_age_s: {
    unit: 's',
    about:
      'How long after its receipt a message may still come out of the spool; then it is `expired`. One of an earlier boot counts from this boot on where the clock is not known to be right.',
  },
  shutdown_grace_ms: { unit: 'ms', about: 'How long the calls in flight have to end after SIGTERM.' },
  dead_letter_max_bytes: {
    unit: 'bytes',
    about: 'The size at which the dead-letter file is moved to `.1`, in place of the one that is there.',
  },
};

const row = (key: keyof Settings): string => {
  const { unit, about: what } = about[key];
  const range = SettingsJson.props[key].name;
  return `| \`${key}\` | \`${JSON.stringify(defaultSettings[key])}\` | ${unit} | ${range} | ${what} |`;
};

/** All settings of `mq/cvmqtt.json` as a table of Markdown, made of the codec: key, default, unit, range, what it is for. */
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
  'grpc_client',
  'retry_max_ms',
  'give_up_after_ms',
  'patience_ms',
  'spool_max_bytes',
  'spool_max_age_s',
  'shutdown_grace_ms',
  'dead_letter_max_bytes',
];
