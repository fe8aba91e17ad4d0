import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { registerIntegration } from '../../sim/registration.js';
import { endingAfterTest } from '../rig/at-end.js';
import { type DevProcess, type Said, startDev } from '../rig/dev.js';
import { freePort } from '../rig/free-port.js';
import { root } from '../support/imports.js';

/** From the heading about mistakes to the next one. */
const sectionOf = (page: string): string => page.split('<a id="mistakes"></a>')[1]?.split('<a id=')[0] ?? '';

/** The rows of the table of mistakes: the mistake, and what the terminal says, in order. */
const rows = [
  ...sectionOf(readFileSync(join(root, 'docs', 'developers.md'), 'utf8')).matchAll(
    /^\| ([^|]+) \| (`[^|]+) \| [^|]+ \|$/gm,
  ),
]
  .map(([, mistake = '', says = '']) => ({
    mistake: mistake.replaceAll('`', ''),
    phrases: [...says.matchAll(/`([^`]+)`/g)].map(([, phrase = '']) => phrase),
  }))
  .filter(({ mistake }) => !['key', 'shown as'].includes(mistake));

const textOf = ({ stdout, stderr }: Omit<Said, 'code'>): string => `${stdout}${stderr}`;

describe('mistakes of a developer, as in docs/developers.md#mistakes', () => {
  const atEnd = endingAfterTest();

  /** Opens a UDP port, as an app does. */
  const open = async (type: 'udp4' | 'udp6', address: string): Promise<number> => {
    const socket = createSocket(type).bind({ address, port: 0 });
    await once(socket, 'listening');
    atEnd(() => socket.close());
    return socket.address().port;
  };

  const add = async (dev: DevProcess, name: string, port: number, ...more: readonly string[]) =>
    textOf(await dev.integrations('add', name, '--port', `${port}`, ...more));

  const send = async (dev: DevProcess, ...words: readonly string[]) => textOf(await dev.send(...words));

  const started = async (dev: DevProcess) => {
    const event = await dev.events.first('that it has started', (each) => each.event === 'started');
    if (event.event !== 'started') throw new Error('not started');
    return event;
  };

  /** Registers as an app that does not look at the answer; resolves with what the terminal of `cvmqtt dev` said. */
  const unseen = async (dev: DevProcess, name: string, port: number): Promise<string> => {
    await registerIntegration((await started(dev)).cvmain, name, { host: '127.0.0.1', port });
    const said = await dev.events.first(
      'a warning',
      (each) => each.event === 'log' && each.level === 'warning',
    );
    return said.event === 'log' ? said.message : '';
  };

  /** Makes a mistake; resolves with what the developer's terminals said. */
  const mistakes: Readonly<Record<string, (dev: DevProcess) => Promise<string>>> = {
    "a dash in the app's name": (dev) => add(dev, 'my-app', 6_001),
    'a message for an app with a dash': async (dev) => {
      await add(dev, 'my-app', 6_001);
      return send(dev, 'my-app-hello', '--timeout', '300ms');
    },
    'a reserved name': (dev) => add(dev, 'vg:mine', 6_001),
    'a message for a reserved name': (dev) => send(dev, 'vg:mine-hello'),
    "another character for the dash in a message's name": (dev) => send(dev, 'myapp_hello'),
    "a message's name without a dash": (dev) => send(dev, 'reboot'),
    'a wrong port is registered': async (dev) => add(dev, 'myapp', await freePort()),
    'port 0 is registered': (dev) => unseen(dev, 'myapp', 0),
    'the app does not run': async (dev) => {
      const app = await dev.listen('myapp');
      await app.end('SIGKILL');
      return send(dev, 'myapp-hello');
    },
    'the app listens on all addresses, and registers 0.0.0.0': async (dev) =>
      add(dev, 'myapp', await open('udp4', '0.0.0.0'), '--host', '0.0.0.0'),
    'the app listens on IPv6 only': async (dev) => {
      await add(dev, 'myapp', await open('udp6', '::1'));
      return send(dev, 'myapp-hello');
    },
    'an IPv6 address is registered': async (dev) =>
      add(dev, 'myapp', await open('udp6', '::1'), '--host', '::1'),
    "another machine's address is registered": (dev) => add(dev, 'myapp', 6_001, '--host', '192.0.2.1'),
    'a host is registered with its port': (dev) => add(dev, 'myapp', 6_001, '--host', '127.0.0.1:6001'),
    "the app does not look at cvmain's answer, which refuses the name": (dev) =>
      unseen(dev, 'vg:mine', 6_001),
    'a host is registered that is not known': (dev) => add(dev, 'myapp', 6_001, '--host', 'nowhere.invalid'),
    'the app registers late': async (dev) => {
      const sending = send(dev, 'myapp-hello');
      await dev.events.first('that it waits', ({ event }) => event === 'held');
      await dev.listen('myapp');
      return sending;
    },
    'the app registers too late, or never': (dev) => send(dev, 'myapp-hello', '--timeout', '300ms'),
    'the app unregistered meanwhile': async (dev) => {
      await (await dev.listen('myapp')).end('SIGINT');
      return send(dev, 'myapp-hello', '--timeout', '300ms');
    },
    'another name is registered': async (dev) => {
      await dev.listen('myap');
      return send(dev, 'myapp-hello', '--timeout', '300ms');
    },
    'the app takes a name that another has': async (dev) => {
      await dev.listen('myapp');
      return add(dev, 'myapp', await freePort());
    },
    'the body is too long': (dev) => send(dev, 'myapp-hello', '🦆'.repeat(513)),
    'the timeout is too long': (dev) => send(dev, 'myapp-hello', '--timeout', '61s'),
    'broken JSON in the body': async (dev) => {
      await dev.listen('myapp');
      return send(dev, 'myapp-hello', '{a:1}');
    },
    'a body whose quotes the shell took or passed on': (dev) =>
      send(dev, 'myapp-hello', "'{a:1}'", '--timeout', '300ms'),
    'a body without quotes': (dev) => send(dev, 'myapp-hello', '{"a":', '1}'),
    'broken JSON in a payload': (dev) => send(dev, '--topic', 's2u/cv12345/command', '{function:"myapp-x"}'),
    'a payload without function': (dev) =>
      send(dev, '--topic', 's2u/cv12345/command', '{"Function":"myapp-x"}'),
    'a broken payload': (dev) =>
      send(dev, '--topic', 's2u/cv12345/command', '{"function":"myapp-x","timeout":"soon"}'),
    'a broken line in a file': async (dev) => {
      await dev.listen('myapp');
      const file = join(dev.home, 'messages.ndjson');
      await writeFile(file, '{"function":"myapp-a"}\n{"function":\n{"function":"myapp-c"}\n');
      return send(dev, '--file', file);
    },
    'a topic of another unit': (dev) => send(dev, '--topic', 's2u/cv99999/command', '{}'),
    'gRPC to a port where nothing listens': async (dev) =>
      add(dev, 'myapp', 6_001, '--cvmain', `127.0.0.1:${await freePort()}`),
    "gRPC to the broker's port": async (dev) => {
      const { broker } = await started(dev);
      const said = await add(dev, 'myapp', 6_001, '--cvmain', broker.replace('mqtt://', ''));
      await dev.events.first('the warning', (each) => each.event === 'log' && each.level === 'warning');
      return said + dev.output().stdout;
    },
    'gRPC to the port of the live page': async (_) => {
      const dev = await startDev(atEnd, '--page', '--page-port', '0');
      const { page = '' } = await started(dev);
      await add(dev, 'myapp', 6_001, '--cvmain', new URL(page).host);
      await dev.events.first('the warning', (each) => each.event === 'log' && each.level === 'warning');
      return dev.output().stdout;
    },
    'the port for listen is taken': async (dev) =>
      textOf(await dev.run('listen', `${await open('udp4', '127.0.0.1')}`)),
    'a second unit in the same folder': async (dev) =>
      textOf(await dev.run('dev', dev.home, '--port-base', `${await freePort()}`)),
    'cvmqtt dev does not run': async (dev) => {
      await dev.end('SIGINT');
      return send(dev, 'myapp-hello');
    },
  };

  it('are all made here', () => {
    expect(rows.map(({ mistake }) => mistake)).to.have.members(Object.keys(mistakes));
  });

  for (const { mistake, phrases } of rows) {
    it(mistake, async () => {
      const dev = await startDev(atEnd);
      const said = (await mistakes[mistake]?.(dev)) ?? '';
      const shown = said.replace(/(127\.0\.0\.1:|\bport )\d{4,5}\b/g, '$16001');
      let from = 0;
      for (const phrase of phrases) {
        from = shown.indexOf(phrase, from);
        expect(from, `"${phrase}" in order in:\n${shown}`).to.be.at.least(0);
      }
    });
  }

  it('are not: to listen on all addresses, of IPv6 too, and to register 127.0.0.1', async () => {
    const dev = await startDev(atEnd);
    for (const [type, address] of [
      ['udp4', '0.0.0.0'],
      ['udp6', '::'],
    ] as const) {
      const port = await open(type, address);
      expect(await dev.integrations('add', 'myapp', '--port', `${port}`)).to.include({ code: 0 });
      expect(await dev.send('myapp-hello'), address).to.include({ code: 0, stderr: '' });
    }
  });

  it('leave the unit as it is: a second one in its folder changes nothing there', async () => {
    const dev = await startDev(atEnd);
    await dev.listen('myapp');
    await mistakes['a second unit in the same folder']?.(dev);
    expect(await dev.send('myapp-hello')).to.include({ code: 0 });
  });
});
