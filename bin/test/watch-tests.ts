import { resolve } from 'node:path';
import { combineLatest, concatMap, debounceTime, from, lastValueFrom, takeUntil } from 'rxjs';
import { layout } from '../../lib/config/layout.js';
import { fileContent } from '../../streams/sources/file-content.js';
import { complain, print, untilSignal } from '../command.js';
import { exitCode } from '../exit-codes.js';
import { runTests, type TestRun } from './run-tests.js';

/** An editor writes a file in several steps, or several files at once: a run begins this long after the last change, ms. */
const calmMs = 100;

/**
 * Runs the tests now, and again whenever a file of theirs or of the configuration changes, appears or goes, until Ctrl-C.
 * Resolves to the exit code of the last run.
 */
export const watchTests = async (run: TestRun): Promise<number> => {
  const { files, configDirectory, settingsFile } = run;
  const read = [
    ...files,
    ...(settingsFile === undefined ? [] : [settingsFile]),
    ...(configDirectory === undefined ? [] : configurationFiles(resolve(configDirectory))),
  ];
  const runs$ = combineLatest(read.map((path) => fileContent(resolve(path)))).pipe(
    debounceTime(calmMs),
    concatMap(async () => {
      const code = await runTests(run);
      complain('cvmqtt test: runs again when a file changes; Ctrl-C ends it');
      print('');
      return code;
    }),
    takeUntil(from(untilSignal())),
  );
  return lastValueFrom(runs$, { defaultValue: exitCode.good });
};

const configurationFiles = (root: string): readonly string[] => {
  const { cvmain, credentials, integrations, settings } = layout(root);
  return [cvmain, credentials, integrations, settings];
};
