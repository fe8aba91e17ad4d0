import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { modulesIn, root } from './support/imports.js';

const modules = ['lib', 'streams', 'bin'].flatMap(modulesIn);

/** The lines of a module that match a pattern, prefixed with its path. */
const linesWith = (pattern: RegExp, module: string): readonly string[] =>
  readFileSync(join(root, module), 'utf8')
    .split('\n')
    .filter((line) => pattern.test(line))
    .map((line) => `${module}: ${line.trim()}`);

describe('the wall clock, which steps by seconds or decades', () => {
  it('is read only for times shown to people, and by the clock that ages use', () => {
    const forPeople = [
      // The receipt of a message: `dt`, and the log.
      'lib/mqtt/connection/connection.ts',
      'lib/mqtt/connection/incoming.ts',
      'bin/explain.ts',
      // When a capture began.
      'bin/capture.ts',
      // grpc-js takes a deadline as a wall-clock time, and converts it to a wait at once.
      'lib/cvmain/grpc-js/channel.ts',
      // The times of log entries.
      'bin/run/log.ts',
      // The times of events and notifications, for a developer.
      'bin/dev.ts',
      'bin/dev/start.ts',
      'bin/dev/unit.ts',
      'bin/dev/page/server.ts',
      'bin/listen.ts',
      // `--since 2h`.
      'bin/dead-letters.ts',
    ];
    const readers = modules.filter((module) => linesWith(/\bDate\.now\b|new Date\(\)/, module).length > 0);
    expect(readers.filter((module) => !forPeople.includes(module))).to.deep.equal([
      'lib/clock/system-clock.ts',
    ]);
  });

  it('is no part of a wait in a stream: each wait uses the scheduler that was passed in', () => {
    const waits =
      /\b(timer|interval|delay|timeout|debounceTime|throttleTime|auditTime|sampleTime|bufferTime)\(/;
    const own = modulesIn('streams').flatMap((module) =>
      linesWith(waits, module).filter((line) => !/[sS]cheduler\b/.test(line)),
    );
    expect(own).to.deep.equal([]);
    const stamps = /\b(timestamp|timeInterval)\(|\bReplaySubject\([^)]*,/;
    expect(modulesIn('streams').flatMap((module) => linesWith(stamps, module))).to.deep.equal([]);
  });
});
