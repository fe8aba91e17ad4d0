import { mkdir, writeFile } from 'node:fs/promises';
import type { Comparison } from './comparison.js';
import { plot } from './plot.js';
import { table } from './table.js';

const folder = new URL('../', import.meta.url);

const pictures = [
  {
    of: 'Throughput',
    unit: 'msg/s',
    prefix: 'throughput, ',
    file: 'throughput.svg',
    title: 'Messages a second (more is better)',
    kind: 'linear',
  },
  {
    of: 'Latency',
    unit: 'ms',
    prefix: 'latency at ',
    file: 'latency.svg',
    title: 'Latency, ms, on a logarithmic scale (less is better)',
    kind: 'log',
  },
] as const;

/** Writes `bench/RESULTS.md` and the pictures in `bench/plots`. */
export const writeResults = async (
  command: string,
  circumstances: readonly string[],
  comparisons: readonly Comparison[],
): Promise<void> => {
  await mkdir(new URL('plots/', folder), { recursive: true });
  const drawn: string[] = [];
  for (const { of, unit, prefix, file, title, kind } of pictures) {
    const comparison = comparisons.find((each) => each.title === of);
    if (comparison === undefined) continue;
    const rows = comparison.rows
      .filter((row) => row.unit === unit)
      .map((row) => ({ ...row, measure: row.measure.replace(prefix, '') }));
    await writeFile(new URL(`plots/${file}`, folder), plot({ ...comparison, rows }, { title, kind }));
    drawn.push(`![${title}](plots/${file})`);
  }
  const text = `# What was measured

The daemon as built, compared with *naive* ([\`naive.mjs\`](naive.mjs)), a program that takes an afternoon to write:
MQTT.js's \`message\` event and a call of grpc-js, without flow control. They run in turns, each run in a new process, with
the same mosquitto and the same sink, a cvmain that costs next to nothing. QoS 1, bodies of 256 bytes. Cells are the
median of the runs (min–max); the ratio is the median of the ratios of the pairs, ours to theirs. MB are 10^6 bytes.

${circumstances.map((line) => `- ${line}`).join('\n')}

To repeat it, on a machine that runs nothing else, with mosquitto and mosquitto-clients installed:

\`\`\`console
$ ${command}
\`\`\`

${drawn.join('\n\n')}

${comparisons.map((each) => `## ${each.title}\n\n${table(each)}`).join('\n\n')}
`;
  await writeFile(new URL('RESULTS.md', folder), text);
};
