import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { exitCodesOf } from '../../bin/usage.js';
import { everyCommand } from '../../packaging/every-command.js';
import { endingAfterTest } from '../rig/at-end.js';
import { startCvmqtt } from '../rig/daemon.js';
import { steeringIn } from '../rig/unprintable.js';

const wrong: Readonly<Record<string, readonly string[]>> = {
  'an unknown command': ['fly'],
  'a command of Object.prototype': ['constructor'],
  'a hostile command': ['\u001b[31m\u202e'],
  'an unknown option': ['run', '/tmp', '--fast'],
  'an option without its value': ['run', '/tmp', '--log-level'],
  'an unknown log level': ['run', '/tmp', '--log-level', 'loud'],
  'no directory': ['run'],
  'two directories': ['run', '/tmp', '/var'],
  'no capture': ['replay'],
  'an unknown option of replay': ['replay', '--fast'],
  'no file for a capture': ['capture', '/tmp'],
  'an unknown option of capture': ['capture', '--fast'],
  'an unknown option of tap': ['tap', '/tmp', '--fast'],
  'an unknown option of status': ['status', '--fast'],
  'metrics of status as JSON': ['status', '--metrics', '--json'],
  'two directories for status': ['status', '/tmp', '/var'],
  'no directory for tap': ['tap'],
  'no directory for check': ['check'],
  'an unknown option of check': ['check', '/tmp', '--fast'],
  'no directory for diag': ['diag'],
  'an unknown option of diag': ['diag', '/tmp', '--fast'],
  'nothing to explain': ['explain'],
  'no rule tests': ['test'],
  'no task for dead letters': ['dead-letters'],
  'an unknown option of sim': ['sim', '--fast'],
  'an unknown option of demo': ['demo', '--fast'],
  'a hostile option': ['run', '/tmp', '--\u001b[31m\u202e'],
};

describe('the command line', () => {
  const atEnd = endingAfterTest();

  for (const [title, args] of Object.entries(wrong)) {
    it(`ends with code 2 and shows the usage: ${title}`, async () => {
      const child = startCvmqtt(atEnd, args);
      expect(await child.exited).to.deep.equal({ code: 2, signal: null });
      const { stdout, stderr } = child.output();
      expect(stdout).to.equal('');
      expect(stderr).to.match(/^cvmqtt[^\n]*\nusage: cvmqtt/);
      // The reason is still visible on the smallest terminal.
      expect(stderr.split('\n').length).to.be.at.most(20);
      expect(steeringIn(stderr)).to.deep.equal([]);
    });
  }

  it('asks whether the nearest command, task or option is meant', async () => {
    for (const [args, advice] of [
      [['stauts'], 'unknown command "stauts"; did you mean status?'],
      [['check', '/tmp', '--ofline'], "Unknown option '--ofline'; did you mean --offline?"],
      [['dead-letters', 'lst'], 'there is no "lst"; did you mean list?'],
    ] as const) {
      const child = startCvmqtt(atEnd, args);
      expect(await child.exited).to.deep.equal({ code: 2, signal: null });
      expect(child.output().stderr.split('\n')[0]).to.contain(advice);
    }
  });

  it('prints the versions, and the commit of a build in a checkout', async () => {
    const child = startCvmqtt(atEnd, ['--version']);
    expect(await child.exited).to.deep.equal({ code: 0, signal: null });
    const { version }: { readonly version: string } = JSON.parse(readFileSync('package.json', 'utf8'));
    const { stdout, stderr } = child.output();
    expect(stdout.replace(/ \([0-9a-f]{7,}\+?\)/, '')).to.equal(
      `cvmqtt ${version}, Node.js ${process.versions.node}\n`,
    );
    expect(stderr).to.equal('');
  });

  it('ends normally if its output is not read', async () => {
    for (const [name, code] of [
      ['int1-open', 0],
      ['nodash', 1],
    ] as const) {
      const child = startCvmqtt(atEnd, ['explain', name]);
      child.stopReading();
      expect(await child.exited).to.deep.equal({ code, signal: null });
      expect(child.output().stderr).to.equal('');
    }
  });

  it('lists every command in its usage', async () => {
    const child = startCvmqtt(atEnd, ['--help']);
    expect(await child.exited).to.deep.equal({ code: 0, signal: null });
    const { stdout, stderr } = child.output();
    const listed = [...stdout.matchAll(/ cvmqtt ([a-z][a-z-]*) /g)].map(([, name]) => name);
    expect(listed).to.deep.equal(everyCommand.map(({ usage }) => usage.name));
    expect(stderr).to.equal('');
  });

  for (const { usage } of everyCommand)
    it(`prints the usage of ${usage.name}, with its exit codes`, async () => {
      const child = startCvmqtt(atEnd, [usage.name, '--help']);
      expect(await child.exited).to.deep.equal({ code: 0, signal: null });
      const { stdout, stderr } = child.output();
      expect(stdout).to.match(new RegExp(`^usage: cvmqtt ${usage.name}`));
      for (const [code, meaning] of exitCodesOf(usage))
        expect(stdout.replaceAll('\n', ' ')).to.contain(`${code} ${meaning}`);
      expect(stderr).to.equal('');
    });
});
