import { mkdir, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import * as t from 'io-ts';
import { layout } from '../../lib/config/layout.js';
import { decodeJsonWith } from '../../lib/util/codec.js';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { runToEnd } from '../rig/child.js';
import { cvmqtt } from '../rig/daemon.js';
import { steeringIn } from '../rig/unprintable.js';
import { rightOf } from '../support/either.js';
import { jwt } from '../support/jwt.js';

const Answer = t.type({
  end: t.string,
  assumed: t.array(t.string),
  steps: t.array(t.type({ step: t.string, verdict: t.string, text: t.string, rule: t.string })),
  deliveries: t.array(
    t.type({ to: t.string, notification: t.type({ type: t.string, vals: t.array(t.unknown) }) }),
  ),
});

/** `cvmqtt explain` to its end. */
const explain = (args: readonly string[], input: string | Uint8Array = '') =>
  runToEnd(process.execPath, [cvmqtt, 'explain', ...args], { input });

const answer = (args: readonly string[], input?: string | Uint8Array) => {
  const { code, stdout } = explain([...args, '--json'], input);
  return { code, ...rightOf(decodeJsonWith(Answer)(stdout)) };
};

describe('cvmqtt explain', () => {
  const atEnd = endingAfterTest();

  /** A configuration directory with these files in `mq`. */
  const unit = async (files: {
    login?: object;
    integrations?: unknown;
    settings?: object;
    cvmain?: object;
  }) => {
    const home = await temporaryDirectory(atEnd);
    const paths = layout(home);
    await mkdir(paths.mq);
    const { cvmain = {}, login, integrations, settings } = files;
    for (const [path, content] of [
      [paths.cvmain, cvmain],
      [paths.credentials, login],
      [paths.integrations, integrations],
      [paths.settings, settings],
    ] as const) {
      if (content !== undefined) await writeFile(path, JSON.stringify(content));
    }
    return home;
  };

  it('prints the decision step by step, and the packet as the app receives it', () => {
    const { code, stdout } = explain(['int1-open-door', '{"door":3}']);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^int1-open-door: would be notified\n/);
    const steps = [...stdout.matchAll(/^ {2}✓ (\w+)/gm)].map(([, step]) => step);
    expect(steps).to.deep.equal([
      'decode',
      'decode',
      'decode',
      'split',
      'route',
      'route',
      'hold',
      'deliver',
      'settle',
    ]);
    expect(stdout).to.match(
      /^ {2}UDP to 127\.0\.0\.1:5555: \{"type":"int1-open-door","vals":\[.*\{"k":"body","v":"\{\\"door\\":3\}"\}/m,
    );
  });

  it('states its assumptions without a directory, and names that can never be received', () => {
    const { code, stdout } = explain(['reboot']);
    expect(code).to.equal(1);
    expect(stdout).to.match(/^reboot: would not be notified: malformed-name\n/);
    expect(stdout).to.contain('no --config-dir: a unit with default settings');
  });

  it('uses the directory: its apps, its settings, its login, and where its notifications go', async () => {
    const home = await unit({
      cvmain: {
        notification_server: { send_addr: '127.0.0.1:7001' },
        mq: { external_integrations: true, msgs_via_notifier: true },
      },
      login: {
        server_uri: 'mqtt://127.0.0.1:1883',
        username: 'cv1',
        password: jwt({ acl: { sub: ['s2u/cv1/app/#'] } }),
      },
      integrations: [{ name: 'int1', integration: { host: '10.0.0.1', port: 6001 } }],
      settings: { name_from: 'topic' },
    });
    const by = ['--config-dir', home];
    const open = answer(['s2u/cv1/app/int1-open', 'x', ...by]);
    expect(open).to.include({ code: 0, end: 'notified' });
    expect(open.deliveries.map(({ to }) => to)).to.deep.equal(['127.0.0.1:7001', '10.0.0.1:6001']);
    expect(answer(['int1-open', ...by]).assumed).to.deep.equal([
      'taken as a full name, sent as a level of the topic s2u/cv1/app/int1-open with the payload {}',
    ]);
    expect(answer(['s2u/cv1/int1-open', ...by])).to.include({ code: 1, end: 'unsubscribed' });
    const other = answer(['int2-open', ...by]);
    expect(other).to.include({ code: 1, end: 'unregistered' });
    expect(other.steps.at(-2)?.text).to.contain('the nearest registered name is "int1"');
  });

  it('takes a payload of any bytes from stdin', () => {
    const { deliveries } = answer(['s2u/cv1/int1-open', '-'], Buffer.from([0xff, 0, 10]));
    expect(deliveries[0]?.notification.vals).to.deep.include({ k: 'body_base64', v: '/wAK' });
  });

  it('names the limit of a message that is too large, and refuses what the broker would drop', () => {
    const large = answer(['s2u/cv1/int1-open', '-'], 'x'.repeat(40_000));
    expect(large).to.include({ code: 1, end: 'too-large' });
    expect(large.steps.at(-1)?.text).to.match(/has 40\d\d\d bytes, more than 32768/);
    const { code, stderr } = explain(['s2u/cv1/int1-open', '-'], 'x'.repeat(2_000_000));
    expect(code).to.equal(2);
    expect(stderr).to.contain('at most 1048576 bytes');
  });

  it('prints no control characters, as text or as JSON', () => {
    const name = '\u001b[2J\u202eint1-\u0085open\u2028';
    for (const args of [[name], [name, '--json'], [`s2u/cv1/${name}`, name], [`s2u/${name}/x`]]) {
      const { stdout, stderr } = explain(args);
      expect(steeringIn(stdout + stderr)).to.deep.equal([]);
    }
  });

  for (const [title, file, content, problem] of [
    ['config.json', 'cvmain', '{"mq":{"msgs_via_notifier":1}}', 'field mq.msgs_via_notifier'],
    ['the integrations', 'integrations', '[{"name":1}]', 'mq/integrations.json'],
  ] as const) {
    it(`ends with code 78 when ${title} can't be used`, async () => {
      const home = await unit({});
      await writeFile(layout(home)[file], content);
      const { code, stderr } = explain(['int1-open', '--config-dir', home]);
      expect(code).to.equal(78);
      expect(stderr.trimEnd().split('\n')).to.have.length(1);
      expect(stderr).to.contain(problem);
    });
  }

  for (const args of [[], [''], ['a-b', 'c', 'd'], ['s2u/+/x'], ['a-b', '--loud']]) {
    it(`ends with code 2 and shows the usage: ${JSON.stringify(args)}`, () => {
      const { code, stdout, stderr } = explain(args);
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
      expect(stderr).to.match(/^cvmqtt explain: .*\nusage: cvmqtt explain/);
    });
  }
});
