import { cp, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type AtEnd, temporaryDirectory } from './at-end.js';
import { cvmqtt } from './daemon.js';

/**
 * A version of cvmqtt that does not exist yet: the built one, with a later format of the spool and the session record.
 * Resolves with its path, for {@link startDaemon}.
 */
export async function newerVersion(atEnd: AtEnd): Promise<string> {
  const dist = join(await temporaryDirectory(atEnd), 'dist');
  await cp(dirname(dirname(cvmqtt)), dist, { recursive: true });
  const file = join(dist, 'bin', 'cvmqtt.js');
  const code = await readFile(file, 'utf8');
  const formats = 'spool:1,sessions:1,';
  if (code.split(formats).length !== 2) throw new Error(`${formats} is not once in ${file}`);
  await writeFile(file, code.replace(formats, 'spool:2,sessions:2,'));
  return file;
}
