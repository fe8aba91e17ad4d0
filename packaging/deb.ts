/**
 * Builds the Debian package from `dist`, with dpkg-deb, and prints its path. The same commit gives the same bytes: its time
 * is `SOURCE_DATE_EPOCH`, else that of the commit.
 *
 *     npm run deb [-- --version VERSION] [--out DIR]
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import about from '../package.json' with { type: 'json' };
import { archive } from './debian/archive.js';
import { executable, putContents } from './debian/contents.js';

const { values } = parseArgs({
  options: {
    version: { type: 'string', default: about.version },
    out: { type: 'string', default: '.' },
  },
});

const epoch = Number(
  process.env['SOURCE_DATE_EPOCH'] ||
    execFileSync('git', ['log', '-1', '--format=%ct'], { encoding: 'utf8' }),
);
/** A tilde sorts before the end, as 1.0.0-rc.1 before 1.0.0. */
const version = `${values.version.replace('-', '~')}-1`;
const file = join(values.out, `cvmqtt_${version}_all.deb`);
const tree = await mkdtemp(join(tmpdir(), 'cvmqtt-deb-'));
try {
  await putContents(tree, version, new Date(epoch * 1000));
  await archive(tree, { executable, epoch, file });
  process.stdout.write(`${file}\n`);
} finally {
  await rm(tree, { recursive: true });
}
