import { type EventOf, type LinesOf, type LogLine, nothing } from './line.js';

const address = '127.0.0.1:7777';

const waiting: { readonly [What in EventOf<'waiting'>['what']]: LogLine<'waiting'> } = {
  cvmain: {
    event: { kind: 'waiting', what: 'cvmain', detail: `${address}: connect ECONNREFUSED` },
    means: 'cvmain does not answer yet; it is slow to start',
    todo: `${nothing}; after 20 s \`cvmain-absent\` follows`,
  },
  registration: {
    event: { kind: 'waiting', what: 'registration', detail: 'mq/mq.json has no username yet' },
    means: 'the unit is not registered at the platform, so there is no login',
    todo: 'register the unit; cvmain then writes mq/mq.json',
  },
  token: {
    event: { kind: 'waiting', what: 'token', detail: 'cvmain still has the old one' },
    means: 'the login has expired or was refused, and cvmain has no other token; it is asked again and again',
    todo: "look at cvmain's connection to the platform, and at the clock: `cvmqtt check`",
  },
};

const until: { readonly [Until in EventOf<'file-broken'>['until']]: LogLine<'file-broken'> } = {
  'last-good': {
    event: { kind: 'file-broken', file: 'mq/integrations.json', detail: 'is not JSON', until: 'last-good' },
    means: "a file can't be used; what it said before stays in use",
    todo: 'if `file-whole` does not follow within seconds, correct the file, or have cvmain write it again',
  },
  waiting: {
    event: { kind: 'file-broken', file: 'mq/mq.json', detail: 'is not JSON', until: 'waiting' },
    means: "a file can't be used, and the daemon waits for it",
    todo: 'the same; for a directory: mount it, or correct its rights',
  },
  absent: {
    event: { kind: 'file-broken', file: 'mq/ca.pem', detail: 'is empty', until: 'absent' },
    means: "an optional file can't be used; the daemon goes on without it",
    todo: 'correct or remove it',
  },
};

/** The lines about the unit: its files, cvmain, and the apps. */
export const unitLines: LinesOf<
  | 'starting'
  | 'waiting'
  | 'odd-token'
  | 'cvmain-serves'
  | 'cvmain-away'
  | 'cvmain-absent'
  | 'cvmain-fails'
  | 'cvmain-delivers'
  | 'integrations'
  | 'file-broken'
  | 'file-whole'
  | 'configuration-changed'
> = {
  starting: [
    {
      event: {
        kind: 'starting',
        version: '1.0.0',
        configDirectory: '/etc/cvmain',
        stateDirectory: '/var/lib/cvmqtt',
      },
      means: 'the daemon starts',
      todo: `${nothing}; without \`stopped\` before it, the last run was killed or crashed`,
    },
  ],
  waiting: [waiting.cvmain, waiting.registration, waiting.token],
  'odd-token': [
    {
      event: { kind: 'odd-token', remarks: ['the token has invalid topic filters: ignored'] },
      means: "a part of the token can't be used",
      todo: 'have the platform correct the token; `subscribed` shows what is used',
    },
  ],
  'cvmain-serves': [
    {
      event: { kind: 'cvmain-serves', address, version: '1.0.0' },
      means: 'cvmain answers',
      todo: nothing,
    },
    {
      event: { kind: 'cvmain-serves', address, version: '1.0.0', afterMs: 37_200 },
      means: 'cvmain is back; what waited is delivered',
      todo: `${nothing}; if it comes often, look at why cvmain restarts`,
    },
  ],
  'cvmain-away': [
    {
      event: { kind: 'cvmain-away', address, forMs: 20 },
      means: 'cvmain did not answer; it is probed, and no message is called meanwhile',
      todo: `${nothing} at a restart of cvmain; after 20 s \`cvmain-absent\` follows`,
    },
  ],
  'cvmain-absent': [
    {
      event: { kind: 'cvmain-absent', address, detail: 'connect ECONNREFUSED', forMs: 20_100 },
      means: 'cvmain has been away for 20 s',
      todo: 'start cvmain; compare the address with config.json; `cvmqtt check`',
    },
  ],
  'cvmain-fails': [
    {
      event: { kind: 'cvmain-fails', address, detail: 'UNIMPLEMENTED: what is that', forMs: 20_100 },
      means: 'cvmain runs, and answers each message with a failure that may heal',
      todo: "follow the reason: cvmain's own log, its version",
    },
  ],
  'cvmain-delivers': [
    {
      event: { kind: 'cvmain-delivers', address, afterMs: 61_000 },
      means: 'that is over',
      todo: nothing,
    },
  ],
  integrations: [
    {
      event: { kind: 'integrations', names: ['lockers', 'display'], unreachable: [] },
      means: 'the apps that are registered from now on',
      todo: nothing,
    },
    {
      event: { kind: 'integrations', names: [], unreachable: [] },
      means: 'no app is registered: each message waits for its app, and becomes a dead letter',
      todo: 'start the apps',
    },
    {
      event: { kind: 'integrations', names: ['lockers', 'my-app'], unreachable: ['my-app'] },
      means: 'a message for `my-app-x` goes to `my`',
      todo: 'register the app under a name without a dash',
    },
  ],
  'file-broken': [until['last-good'], until.waiting, until.absent],
  'file-whole': [{ event: { kind: 'file-whole', file: 'mq/mq.json' }, means: 'that is over', todo: nothing }],
  'configuration-changed': [
    {
      event: { kind: 'configuration-changed' },
      means: 'a file has changed, or SIGHUP came',
      todo: nothing,
    },
  ],
};
