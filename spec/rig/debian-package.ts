import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** Builds the Debian package from what is in `dist`, as this version, into a directory. Its path. */
export const buildDebianPackage = async (directory: string, version: string): Promise<string> => {
  const args = ['--import', 'tsx', 'packaging/deb.ts', '--out', directory, '--version', version];
  const built = await promisify(execFile)(process.execPath, args, { cwd: checkout });
  return built.stdout.trim();
};
