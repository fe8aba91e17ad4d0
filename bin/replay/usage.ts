import type { Options, Usage } from '../usage.js';

/** The options of `cvmqtt replay`. */
export const replayOptions = {
  'dry-run': { type: 'boolean', default: false, help: 'send nothing; the default' },
  'to-cvmain': {
    type: 'string',
    value: 'DIR',
    help: 'send the notifications to the cvmain of this configuration directory, by its rules',
    path: 'directory',
  },
  'to-broker': {
    type: 'string',
    value: 'URL',
    help: 'publish again at this broker: topic, payload, QoS, retain, properties; applies no rules',
  },
  username: {
    type: 'string',
    short: 'u',
    value: 'NAME',
    help: 'user name at that broker; the password is taken from $CVMQTT_PASSWORD',
  },
  speed: {
    heading: '',
    type: 'string',
    default: 'max',
    value: 'SPEED',
    help: '1x, 10x, 200%, max; default max. In a dry run the clock runs at this speed too',
    words: ['1x', '10x', '200%', 'max'],
  },
  from: {
    type: 'string',
    value: 'T',
    help: 'start there: a time since the start (90s, 1h30m) or a date (RFC 3339)',
  },
  to: { type: 'string', value: 'T', help: 'stop there, given in the same way' },
  filter: { type: 'string', value: 'FILTER', help: 'only messages that match this topic filter' },
  client: {
    type: 'string',
    value: 'ID|ADDRESS',
    help: 'only messages to this client of a packet capture; default: the daemon, else the busiest one',
  },
  loop: { type: 'string', default: '1', value: 'N', help: 'repeat N times' },
  'config-dir': {
    heading: '',
    type: 'string',
    value: 'DIR',
    help: 'use the configuration in this directory',
    path: 'directory',
  },
  integrations: {
    type: 'string',
    value: 'FILE',
    help: 'use these integrations: a file like mq/integrations.json, or a timeline of sets: lines of {"offset_ms": 0, "integrations": [...]}; default: the sets in the capture',
    path: 'file',
  },
  settings: {
    type: 'string',
    value: 'FILE',
    help: 'use these settings: a file like mq/cvmqtt.json',
    path: 'file',
  },
  outages: {
    type: 'string',
    value: 'FILE',
    help: 'when cvmain was away: the daemon\'s log in JSON, or lines of {"offset_ms": 0, "cvmain": "away"} and "serves"; default: as in the capture; if that does not say, each call succeeds',
    path: 'file',
  },
  against: {
    heading: '',
    type: 'string',
    value: 'FILE',
    help: 'compare: also run this capture, and show only the messages that end otherwise there',
    path: 'file',
  },
  'against-settings': {
    type: 'string',
    value: 'FILE',
    help: 'compare: also run with these settings, and show only the messages that end otherwise with them',
    path: 'file',
  },
  report: {
    heading: '',
    type: 'string',
    value: 'FILE',
    help: 'draw the run, or both if compared: a page (.html) or a picture (.svg)',
    path: 'file',
  },
  json: { type: 'boolean', default: false, help: 'one line of JSON for each message' },
  quiet: { type: 'boolean', default: false, help: 'no line for each message' },
  strict: { type: 'boolean', default: false, help: 'stop at the first broken line of a capture' },
} as const satisfies Options;

/** The description of `cvmqtt replay`. */
export const usage: Usage = {
  name: 'replay',
  forms: [['FILE... [options]']],
  about:
    "Runs captures through the daemon's own pipeline and shows what becomes of each message. FILE is written by cvmqtt capture, mosquitto_sub -F %j or %J, mqtt-recorder (CSV), mqtt-recorder-rs or MQTTX (JSON), or is a pcap or pcapng file with MQTT in it; compressed or not; - is stdin.",
  arguments: [{ name: 'FILE', path: 'file', many: true }],
  options: replayOptions,
  exitCodes: {
    0: 'success',
    1: "a capture can't be read or is broken (--strict)",
    78: 'invalid configuration',
  },
};
