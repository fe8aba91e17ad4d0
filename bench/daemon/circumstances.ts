import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { promisify } from 'node:util';

const first = async (command: string, args: readonly string[]): Promise<string> => {
  // mosquitto -h prints its version and exits with code 1.
  const { stdout } = await promisify(execFile)(command, args).catch((failed: { stdout?: string }) => failed);
  return stdout?.split('\n')[0] ?? '';
};

/** Versions and hardware that the figures depend on. */
export const circumstances = async (): Promise<readonly string[]> => {
  const version = async (name: string): Promise<string> => {
    const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
    return `${name} ${JSON.parse(await readFile(file, 'utf8')).version}`;
  };
  const packages = ['mqtt', '@grpc/grpc-js', '@grpc/proto-loader', 'rxjs'];
  return [
    `Node.js ${process.version}, V8 ${process.versions.v8}`,
    await first('mosquitto', ['-h']),
    (await Promise.all(packages.map(version))).join(', '),
    `${cpus().length} cores, ${cpus()[0]?.model ?? 'of an unknown kind'}, ${(totalmem() / 1e9).toFixed(0)} GB, ${process.platform} ${process.arch}`,
    `cvmqtt ${await first('git', ['rev-parse', '--short', 'HEAD'])}`,
  ];
};
