import * as E from 'fp-ts/lib/Either.js';
import { type Credentials, parseCredentials, withToken } from '../../lib/config/credentials.js';
import { parseCvmainConfig } from '../../lib/config/cvmain-config.js';
import { defaultSettings, parseSettings } from '../../lib/config/settings.js';
import { isTopicFilter } from '../../lib/rules/message/topic-filter.js';
import { parseIntegrations } from '../../lib/rules/routing/integrations.js';
import { sessionRecord } from '../../lib/storage/session-record.js';
import { jwt } from '../../spec/support/jwt.js';
import { publishOf } from '../../spec/support/shorthand.js';
import type { Random } from '../random.js';
import { check, type Target } from '../target.js';
import { mutateText } from '../text.js';

const one =
  (...texts: readonly string[]) =>
  (random: Random): Buffer =>
    Buffer.from(random.pick(texts));

/** What is wrong is one line for a person, and no longer than a log takes. */
const checkLeft = (left: string): void => {
  check(left.length > 0 && left.length <= 1_000, `a reason has ${left.length} characters`);
  check(!left.includes(secret), 'a reason has a secret in it');
};

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const secret = 'S3cretS3cret';
const token = `${jwt({ exp: 1_900_000_000, iat: 1_700_000_000, acl: { sub: ['s2u/cv1/#'], pub: ['u2s/cv1/#'] } })}${secret}`;
const login = (password: string) =>
  JSON.stringify({ server_uri: 'tcp://broker.example:1883', username: 'cv1', password });

const checkCredentials = ({ address, username, password, expiresAt, filters }: Credentials): void => {
  check(['mqtt', 'mqtts', 'ws', 'wss'].includes(address.protocol), 'a protocol of its own');
  check(address.host !== '' && isPort(address.port), 'an address that can be connected to');
  check(username !== '' && password !== '', 'a login');
  check(expiresAt === undefined || Number.isFinite(expiresAt), 'a time of expiry');
  check(filters.length > 0 && filters.every(isTopicFilter), 'topic filters');
};

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535;

/** The readers of the files that cvmain and people write. */
export const files: readonly Target[] = [
  {
    name: 'settings',
    make: one(
      JSON.stringify(defaultSettings, null, 2),
      '{"mqtt_version":"5", // so\n "calls_in_flight": 4,}',
      '{}',
    ),
    mutate: mutateText,
    run: (input) => {
      const settings = parseSettings(input.toString());
      if (E.isLeft(settings)) return checkLeft(settings.left);
      const keys = (value: object) => Object.keys(value).toSorted().join();
      check(keys(settings.right) === keys(defaultSettings), 'all settings, and no other');
      check(E.isRight(parseSettings(JSON.stringify(settings.right))), 'settings that are read again');
    },
  },
  {
    name: 'config.json',
    make: one(
      '{ // cvmain\n "local_server": {"bind_addr": "0.0.0.0:7777"},\n "mq": {"external_integrations": true, "msgs_via_notifier": false} }',
      '{"local_server": {"bind_addr": "[::]:7777"}, "notification_server": {"bind_addr": "127.0.0.1:5554", "send_addr": "127.0.0.1:5555"}}',
    ),
    mutate: mutateText,
    run: (input) => {
      const config = parseCvmainConfig(input.toString());
      if (E.isLeft(config)) return checkLeft(config.left);
      const { address, viaNotifier, toExternal } = config.right;
      check(isPort(Number(/:(\d+)$/.exec(address)?.[1])), `an address with a port: ${address}`);
      check(typeof viaNotifier === 'boolean' && typeof toExternal === 'boolean', 'flags');
    },
  },
  {
    name: 'mq.json',
    make: one(login(token), login(secret), '{"server_uri":"","username":"","password":""}'),
    mutate: mutateText,
    run: (input) => {
      const credentials = parseCredentials(input.toString());
      if (E.isLeft(credentials)) checkLeft(credentials.left);
      else if (credentials.right !== undefined) checkCredentials(credentials.right);
    },
  },
  {
    name: 'token',
    make: (random) =>
      json(
        random.pick<unknown>([
          { exp: 1_900_000_000, acl: { sub: ['s2u/cv1/#', 's2u/all/+/x'], pub: [] } },
          { exp: '1900000000', acl: null },
          { acl: [{ permission: 'allow', action: 'subscribe', topic: 's2u/+/#' }] },
        ]),
      ),
    mutate: mutateText,
    // The claims, as text: what is broken in them is not hidden by base64.
    run: (input) => {
      const known = parseCredentials(login(jwt({})));
      check(E.isRight(known) && known.right !== undefined, 'a login to begin with');
      const whole = `e30.${input.toString('base64url')}.c2ln`;
      const renewed = withToken(known.right, whole);
      if (E.isLeft(renewed)) checkLeft(renewed.left);
      else checkCredentials(renewed.right);
    },
  },
  {
    name: 'integrations.json',
    make: one(
      '[{"name":"int1","integration":{"host":"127.0.0.1","port":6001}},{"name":"vg:upgrader"}]',
      '[]',
    ),
    mutate: mutateText,
    run: (input) => {
      const set = parseIntegrations(input.toString());
      if (E.isLeft(set)) return checkLeft(set.left);
      for (const [name, integration] of set.right) {
        check(integration.name === name, 'an integration under its name');
        check(integration.address === undefined || isPort(integration.address.port), 'a port');
      }
    },
  },
  {
    name: 'session.json',
    make: one(
      '{"sessions":[{"name":"mqtt://h:1883 cv1","filters":["s2u/cv1/#"],"retained":[["s2u/cv1/command","0f1e2d"]]}]}',
      '{"format":1,"sessions":[]}',
    ),
    mutate: mutateText,
    run: (input) => {
      const record = sessionRecord('session.json', {
        read: () => E.right(input.toString()),
        write: async () => undefined,
        rename: async () => undefined,
        remove: async () => undefined,
      });
      const publish = publishOf(1, { topic: 's2u/cv1/command', text: 'open', retain: true });
      const session = 'mqtt://h:1883 cv1';
      record.hasRun(session, publish);
      record.addRun(session, publish);
      record.setFilters(session, ['s2u/cv1/#']);
      check(record.hasRun(session, publish), 'what was added is there');
      check(record.filters(session).join() === 's2u/cv1/#', 'the filters that were set are there');
    },
  },
];
