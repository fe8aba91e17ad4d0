import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const isRunnable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Path of a program; undefined if it is not on the PATH. */
export const pathOf = (program: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((directory) => join(directory, program))
    .find(isRunnable);

/**
 * mocha's `it` for tests that need programs of the system. If one is missing, the test is reported as
 * pending, and its title says what it needs.
 */
export const itWith =
  (...programs: readonly string[]) =>
  (title: string, test: () => Promise<void>): void => {
    const missing = programs.filter((program) => pathOf(program) === undefined);
    if (missing.length === 0) it(title, test);
    else it(`${title} (needs ${missing.join(', ')} on the PATH)`);
  };

/** Tests with a real broker. */
export const itWithMosquitto = itWith('mosquitto', 'mosquitto_passwd');

/** Tests with a real broker and a daemon whose clock is set, see `startWallClock`. */
export const itWithMosquittoAndFaketime = itWith('mosquitto', 'mosquitto_passwd', 'faketime');

/** Tests with a real broker and a disk of their own. */
export const itWithMosquittoAndDisk =
  process.getuid?.() === 0
    ? itWith('mosquitto', 'mosquitto_passwd', 'mount')
    : (title: string, _test: () => Promise<void>): void => {
        it(`${title} (needs root, to mount a disk)`);
      };

/** Tests with a real broker and a daemon that sees other files of the system, see `namelessBoots`. */
export const itWithMosquittoAndNamespace =
  process.getuid?.() === 0
    ? itWith('mosquitto', 'mosquitto_passwd', 'mount', 'unshare')
    : (title: string, _test: () => Promise<void>): void => {
        it(`${title} (needs root, for a mount namespace)`);
      };

/** Tests in a browser. */
export const itWithChromium = itWith('chromium');

/** The same tests in each browser. */
export const browsers = { Chromium: 'chromium', Firefox: 'firefox-esr' } as const;
