import type { Options } from '../usage.js';

/** The options of commands that listen at a broker, named as in mosquitto_sub. */
export const listenOptions = {
  topic: {
    heading: '',
    type: 'string',
    short: 't',
    multiple: true,
    value: 'FILTER',
    help: "topic filter to subscribe to; repeatable; default: those that the unit's token allows",
  },
  id: { type: 'string', short: 'i', value: 'ID', help: 'client id; default: a new random one' },
  qos: {
    type: 'string',
    short: 'q',
    default: '1',
    value: '0|1',
    help: 'QoS of the subscription; default 1',
    words: ['0', '1'],
  },
  keepalive: {
    type: 'string',
    short: 'k',
    value: 'SECONDS',
    help: 'default 60, or as in mq/cvmqtt.json',
  },
  'protocol-version': {
    type: 'string',
    short: 'V',
    value: 'V',
    help: '5 or 3.1.1; default 5 if the broker supports it',
    words: ['5', '3.1.1'],
  },
} as const satisfies Options;

/** The options that name a broker, where there is no configuration directory. */
export const brokerOptions = {
  host: {
    heading: 'Without a configuration directory:',
    type: 'string',
    short: 'h',
    value: 'HOST',
    help: 'host name, or an address such as mqtts://host:8883; default localhost',
  },
  port: { type: 'string', short: 'p', value: 'PORT', help: 'default 1883, or 8883 with TLS' },
  username: { type: 'string', short: 'u', value: 'NAME', help: 'user name' },
  password: {
    type: 'string',
    short: 'P',
    value: 'PASSWORD',
    help: 'password; visible to others in the process list, so rather use --password-file',
  },
  'password-file': {
    type: 'string',
    value: 'FILE',
    help: 'a file with the password; or set the environment variable CVMQTT_PASSWORD',
    path: 'file',
  },
  cafile: {
    type: 'string',
    value: 'FILE',
    help: 'use TLS and trust this certificate authority',
    path: 'file',
  },
  cert: { type: 'string', value: 'FILE', help: 'use TLS with this client certificate', path: 'file' },
  key: { type: 'string', value: 'FILE', help: 'the private key of that certificate', path: 'file' },
  insecure: { type: 'boolean', help: 'use TLS and accept any certificate' },
} as const satisfies Options;
