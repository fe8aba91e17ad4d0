import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as t from 'io-ts';
import { decodeJsonWith } from '../../lib/util/codec.js';
import { endingAfterTest } from '../rig/at-end.js';
import { instructionsOf } from '../rig/dockerfile.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { startRig } from '../rig/rig.js';
import { itWithThrowawaySystem, startThrowawaySystem } from '../rig/throwaway-system.js';
import { rightOf } from '../support/either.js';

const instructions = instructionsOf(readFileSync('packaging/Dockerfile', 'utf8'));

/** What follows the only instruction of this name. */
const only = (name: string): string => {
  const [found, ...more] = instructions.filter((each) => each.name === name);
  if (found === undefined || more.length > 0) throw new Error(`not one ${name}`);
  return found.rest;
};

const list = (json: string): readonly string[] => rightOf(decodeJsonWith(t.array(t.string))(json));

const healthCommand = (): readonly string[] => list(only('HEALTHCHECK').replace(/^.* CMD /, ''));

const Manifest = t.type({ files: t.array(t.string), engines: t.type({ node: t.string }) });

describe('the Dockerfile', () => {
  const atEnd = endingAfterTest();
  const manifest = rightOf(decodeJsonWith(Manifest)(readFileSync('package.json', 'utf8')));

  it('copies only what is in the package, which it is itself', () => {
    const [source = ''] = only('COPY').split(' ');
    expect(manifest.files).to.include.members([source, 'packaging/Dockerfile']);
    expect(existsSync(source)).to.equal(true);
  });

  it('has a Node.js that is new enough, and another user than root', () => {
    const [, version] = /^node:(\d+)-slim$/.exec(only('FROM')) ?? [];
    expect(Number(version)).to.be.above(20);
    expect(manifest.engines.node).to.equal('>=20.19');
    expect(only('USER')).to.equal('node');
  });

  itWithThrowawaySystem('mosquitto', 'setpriv')(
    'makes a daemon that runs with a read-only root, and a health command that sees how it is',
    async () => {
      const broker = await startMosquitto(atEnd);
      const rig = await startRig(atEnd, { brokerUrl: broker.url });
      const system = await startThrowawaySystem(atEnd);
      const { good, run, start } = system;
      // What the image node has, and the directory that is mounted.
      await good('sh', '-c', 'getent passwd node || useradd --user-group node');
      await system.put(rig.home, 'etc/cvmain');
      await good('chmod', '-R', 'a+rX', '/etc/cvmain');

      const [source = '', target = ''] = only('COPY').split(' ');
      await system.put(source, target);
      await good('sh', '-c', only('RUN'));
      const uid = (await good('id', '-u', only('USER'))).trim();
      for (const directory of [only('VOLUME'), '/run/cvmqtt'])
        await good('mount', '-t', 'tmpfs', '-o', `uid=${uid},mode=0700`, 'none', directory);
      await good('mount', '-o', 'remount,ro', '/');
      const user = only('USER');
      const as = [`--reuid=${user}`, `--regid=${user}`, '--init-groups', 'env', ...only('ENV').split(' ')];
      const inContainer = (...command: readonly string[]) => run('setpriv', ...as, ...command);

      expect((await inContainer('touch', '/usr/lib/cvmqtt/x')).output).to.include('Read-only file system');
      expect(await inContainer(...healthCommand()), 'no daemon').to.include({ code: 69 });
      start('setpriv', ...as, ...list(only('ENTRYPOINT')), ...list(only('CMD')));
      const [program = ''] = list(only('ENTRYPOINT'));
      const status = start('setpriv', ...as, program, 'status', '--watch', '--json');
      const shows = (pattern: RegExp, lines = status.stdout) =>
        lines.first(`${pattern}`, (line) => pattern.test(line));
      await shows(/"cvmain":{"state":"serves".*"broker":{"state":"subscribed"/);
      expect(await inContainer(...healthCommand()), 'well').to.include({ code: 0 });
      for (const directory of [only('VOLUME'), '/run/cvmqtt'])
        expect(readdirSync(system.path(directory)), directory).to.not.be.empty;
      const later = status.stdout.derive((line) => line);
      await broker.stop();
      await shows(/"broker":{"state":"away"/, later);
      expect(await inContainer(...healthCommand()), 'waits for the broker').to.include({ code: 1 });
    },
  );
});
