import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** Builds the Debian package from what is in `dist`, as this version, into a directory. Its path. */
export const buildDebianPackage = async (directory: string, version: string): Promise<string> => {
  const args = ['--import', 'tsx', 'packaging/deb.ts', '--out', directory, '--version', version];
  const built = await promisify(execFile)(process.execPath, args, { cwd: checkout });
  return built.stdout.trim();
};

/** Builds versions of the package, each once for all tests of the calling `describe`. */
export const debianPackages = (): ((version: string) => Promise<string>) => {
  let directory: Promise<string> | undefined;
  const builds = new Map<string, Promise<string>>();
  after(async () => {
    if (directory !== undefined) await rm(await directory, { recursive: true });
  });
  return (version) => {
    const made = directory ?? mkdtemp(join(tmpdir(), 'cvmqtt-deb-'));
    directory = made;
    const build = builds.get(version) ?? made.then((path) => buildDebianPackage(path, version));
    builds.set(version, build);
    return build;
  };
};
