import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type AtEnd, temporaryDirectory } from './at-end.js';
import { runToEnd } from './child.js';
import { startCvmqtt } from './daemon.js';

/** An archive that `cvmqtt diag` made, and what the command printed. */
export interface Diag {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The file. */
  readonly archive: string;
  /** Its content, unpacked. */
  readonly tar: Buffer;
  /** The text of each file in it, by its path there. */
  readonly parts: ReadonlyMap<string, string>;
}

/** A broker that is not there, and an app. */
export const nowhere = { brokerUrl: 'mqtt://127.0.0.1:9', integrations: ['int1'] };

/** `cvmqtt diag` to its end, in this directory. */
export const runDiag = async (
  atEnd: AtEnd,
  cwd: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
) => {
  const all = { STATE_DIRECTORY: '', ...env };
  const child = startCvmqtt(atEnd, ['diag', ...args], all, ['env', '-C', cwd]);
  const { code } = await child.exited;
  return { code, ...child.output() };
};

/** Makes an archive of a unit, and unpacks it. It must have no secret, like all that tests write. */
export const diag = async (
  atEnd: AtEnd,
  home: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Diag> => {
  const directory = await temporaryDirectory(atEnd);
  const archive = join(directory, 'a.tar.gz');
  const ended = await runDiag(atEnd, directory, [home, '-o', 'a.tar.gz', ...args], env);
  runToEnd('tar', ['xzf', archive, '-C', directory]);
  const root = join(directory, 'cvmqtt-diag');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  const texts = files.map(
    async (file) => [file.slice(root.length + 1), await readFile(file, 'utf8')] as const,
  );
  const tar = gunzipSync(await readFile(archive));
  return { ...ended, archive, tar, parts: new Map(await Promise.all(texts)) };
};
