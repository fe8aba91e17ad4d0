import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scoped, temporaryDirectory } from '../../spec/rig/at-end.js';
import { startChild } from '../../spec/rig/child.js';
import { cvmqtt } from '../../spec/rig/daemon.js';
import { writeCapture } from '../capture-file.js';
import type { Bed } from './bed.js';
import { type Comparison, inTurns, type Row } from './comparison.js';
import { namesOf } from './message.js';

const parseOnly = fileURLToPath(new URL('../parse-only.mjs', import.meta.url));

/** Lines per second of a Node.js program, from start to exit; its output is discarded. */
const rate = (args: readonly string[], lines: number): Promise<number> =>
  scoped(async (atEnd) => {
    const startedAt = performance.now();
    const silenced = ['-c', 'exec "$0" "$@" >/dev/null', process.execPath, ...args];
    const child = startChild(atEnd, 'sh', silenced);
    const { code } = await child.exited;
    if (code !== 0) throw new Error(`${args.join(' ')} ended with code ${code}: ${child.output().stderr}`);
    return (lines / (performance.now() - startedAt)) * 1_000;
  });

/** A dry run of a capture, with and without a line per message, compared with reading and parsing its JSON. */
export const replay = ({ plan, progress }: Bed): Promise<Comparison> =>
  scoped(async (atEnd) => {
    const directory = await temporaryDirectory(atEnd);
    const [capture, integrations] = [join(directory, 'capture.ndjson'), join(directory, 'integrations.json')];
    const lines = plan.replayed;
    progress(`a capture of ${lines.toLocaleString('en')} messages`);
    await writeCapture(capture, lines);
    await writeFile(integrations, JSON.stringify(namesOf(7).map((name) => ({ name }))));
    const replayArgs = [cvmqtt, 'replay', capture, '--integrations', integrations];
    const rows: Row[] = [];
    for (const { measure, more, bounds } of [
      {
        measure: 'replay --quiet',
        more: ['--quiet'],
        bounds: [
          { of: 'value', least: 300_000 },
          { of: 'ratio', least: 0.6 },
        ] as const,
      },
      { measure: 'replay, a line each', more: [], bounds: [] },
    ]) {
      progress(measure);
      const runs = await inTurns(
        plan.pairs,
        () => rate([...replayArgs, ...more], lines),
        () => rate([parseOnly, capture], lines),
      );
      rows.push({ measure, unit: 'messages/s', ...runs, bounds });
    }
    return { title: 'Replay, dry run', ours: 'cvmqtt replay', theirs: 'only reading and JSON.parse', rows };
  });
