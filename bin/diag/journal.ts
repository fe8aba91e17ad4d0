import { execFile } from 'node:child_process';
import { NewestLines } from '../../lib/diag/newest-lines.js';
import { errorCode } from '../../lib/util/error-code.js';
import { type Collected, type Part, unread } from './part.js';

const args = ['--unit=cvmqtt', '--lines=5000', '--output=short-iso', '--quiet', '--no-pager'];

/** How long journalctl may take, ms: a journal on slow flash is searched for seconds. */
const limitMs = 20_000;

/** Fits {@link args}' lines, each of the longest that the daemon writes, bytes. */
const maxOutput = 33_554_432;

/** The latest log lines of the service, where systemd keeps them. */
export const journal: Part = {
  file: 'log.txt',
  about: 'the latest 5000 lines of the service in the journal',
  collect: () =>
    new Promise<Collected>((resolve) => {
      execFile('journalctl', args, { timeout: limitMs, maxBuffer: maxOutput }, (error, stdout) => {
        if (error !== null && stdout === '') return resolve(unread(problemOf(error)));
        if (stdout === '') return resolve(unread('the journal has no line of cvmqtt.service for this user'));
        const newest = new NewestLines();
        for (const line of stdout.trimEnd().split('\n')) newest.add(line);
        const problems = error === null ? [] : [problemOf(error)];
        resolve({ lines: newest.lines, problems: [...problems, ...newest.problems] });
      });
    }),
};

const problemOf = (error: Error & { readonly killed?: boolean | undefined }): string => {
  if (errorCode(error) === 'ENOENT') return 'there is no journalctl here';
  return error.killed ? 'journalctl did not end in time' : 'journalctl failed';
};
