import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { endingAfterTest, sharedDirectory, temporaryDirectory } from '../rig/at-end.js';
import type { Child } from '../rig/child.js';
import { blocksAt, sessionOf } from '../rig/documented.js';
import { packInto } from '../rig/packed.js';
import { itOnMachine, type Machine, startMachine, type Terminal } from '../rig/terminals.js';
import { root } from '../support/imports.js';

const page = 'developers.md';

/** The nth session of console after an anchor of the page. */
const session = (anchor: string, nth: number) => {
  const block = blocksAt(page, anchor).filter(({ language }) => language === 'console')[nth];
  if (block === undefined) throw new Error(`${page}#${anchor} has no session ${nth}`);
  return sessionOf(block);
};

/** A line without what varies: times, durations, ports of the system's choice, the paddings around them. */
const plain = (line: string): string =>
  line
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/^\d\d:\d\d:\d\d\.\d{3}/, 'TIME')
    .replace(/\b\d+ ms$/, 'DURATION')
    .replace(/(127\.0\.0\.1:|port )\d{5}\b/g, '$1PORT');

/** Waits until a program has printed these lines, in this order. */
const prints = async (child: Child, lines: readonly string[]): Promise<void> => {
  for (const line of lines) await child.stdout.first(`"${line}"`, (each) => plain(each) === plain(line));
  const printed = child.stdout.entries.map(plain);
  const positions = lines.map((line) => printed.indexOf(plain(line)));
  expect(positions, `in order: ${lines.join('\n')}`).to.deep.equal(
    positions.toSorted((one, two) => one - two),
  );
};

describe(`docs/${page}`, () => {
  const atEnd = endingAfterTest();
  let packed = '';
  let tarball = '';

  before(async function () {
    this.timeout(180_000);
    packed = await sharedDirectory();
    tarball = await packInto(packed);
  });
  after(() => rm(packed, { recursive: true, force: true }));

  /** A machine with a folder that has nothing but the package's file. */
  const fresh = async (): Promise<Machine & { readonly folder: string }> => {
    const folder = await temporaryDirectory(atEnd);
    await symlink(join(packed, tarball), join(folder, tarball));
    return { ...(await startMachine(atEnd, folder)), folder };
  };

  /** Types the commands of a session into a terminal of their own. */
  const typed = ({ terminal }: Machine, anchor: string, nth: number, env?: NodeJS.ProcessEnv): Terminal =>
    terminal(session(anchor, nth).commands, env);

  /** The first terminal of the page: installs the package, and starts the unit. */
  const startUnit = async (machine: Machine): Promise<Terminal> => {
    const unit = typed(machine, 'first', 0);
    await prints(unit, session('first', 0).output);
    await unit.stdout.first('that it is subscribed', (line) => line.includes('subscribed to'));
    return unit;
  };

  /** The third terminal of the page, where the message is sent. */
  const send = async (machine: Machine): Promise<void> => {
    const sent = typed(machine, 'first', 2);
    expect((await sent.exited).code, sent.output().stderr).to.equal(0);
    await prints(sent, session('first', 2).output);
  };

  itOnMachine('npm')('leads from nothing to a message in an app', async function () {
    this.timeout(120_000);
    const machine = await fresh();
    const unit = await startUnit(machine);
    const app = typed(machine, 'first', 1);
    await app.stderr.first('that it is registered', (line) => line.startsWith('registered "myapp"'));
    await send(machine);
    await app.stdout.first('the body', (line) => line.endsWith('{"a":1}'));
    await app.interrupt();
    await unit.stdout.first('that the app is gone', (line) => line.includes('unregistered'));
    const seen = unit.stdout.entries.flatMap(
      (line) => / (registered|received|notified|unregistered) /.exec(line)?.[1] ?? [],
    );
    expect(seen).to.deep.equal(['registered', 'received', 'notified', 'unregistered']);
    await unit.interrupt();
  });

  const apps = [
    {
      anchor: 'typescript',
      file: 'app.mts',
      needs: ['npm'],
      env: {},
      // What the page's `npm install` gets.
      prepare: async (folder: string) => {
        await mkdir(join(folder, 'node_modules', '@grpc'), { recursive: true });
        for (const name of ['@grpc/grpc-js', '@grpc/proto-loader', 'tsx', '.bin/tsx'])
          await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name));
      },
    },
    {
      anchor: 'python',
      file: 'app.py',
      needs: [
        'protoc',
        '/usr/bin/python3',
        '/usr/lib/python3/dist-packages/grpc',
        '/usr/lib/python3/dist-packages/google/protobuf',
        '/usr/include/google/protobuf/empty.proto',
      ],
      // Debian's own has Debian's packages.
      env: { PATH: `/usr/bin:${process.env['PATH']}` },
      prepare: async () => undefined,
    },
    {
      anchor: 'java',
      file: 'App.java',
      needs: [
        'protoc',
        'javac',
        '/usr/bin/grpc_java_plugin',
        '/usr/include/google/protobuf/empty.proto',
        ...['grpc-netty', 'netty-all', 'guava', 'protobuf', 'geronimo-annotation-1.3-spec'].map(
          (name) => `/usr/share/java/${name}.jar`,
        ),
      ],
      env: {},
      prepare: async () => undefined,
    },
  ];

  for (const { anchor, file, needs, env, prepare } of apps) {
    itOnMachine('npm', ...needs)(`has an app that gets its message: ${anchor}`, async function () {
      this.timeout(120_000);
      const machine = await fresh();
      const unit = await startUnit(machine);
      expect((await typed(machine, 'proto', 0).exited).code).to.equal(0);
      await prepare(machine.folder);
      const [source] = blocksAt(page, anchor);
      await writeFile(join(machine.folder, file), `${source?.text}\n`);
      const app = typed(machine, anchor, 1, env);
      const [registered = '', ...messages] = session(anchor, 1).output;
      await prints(app, [registered]);
      await unit.stdout.first('that it is registered', (line) => line.includes(' registered '));
      await send(machine);
      await prints(app, messages);
      await app.interrupt();
      await unit.stdout.first('that the app is gone', (line) => line.includes('unregistered'));
    });

    it(`shows ${file} as it is in samples/apps, in at most 40 lines`, async () => {
      const [source] = blocksAt(page, anchor);
      expect(`${source?.text}\n`).to.equal(await readFile(join(root, 'samples', 'apps', file), 'utf8'));
      expect(source?.text.split('\n').length).to.be.at.most(40);
    });
  }

  it('names the packages that CI installs', async () => {
    const ci = await readFile(join(root, '.ci', 'run'), 'utf8');
    const named = ['python', 'java'].flatMap((anchor) =>
      session(anchor, 0).commands.flatMap((command) => command.split(' ').slice(2)),
    );
    expect(named).to.have.length.above(10);
    expect(named.filter((name) => !ci.includes(name))).to.deep.equal([]);
  });
});
