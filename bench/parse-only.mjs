// Reads a file of JSON lines and parses each, and nothing else: the baseline for replay.
//   node bench/parse-only.mjs FILE
import { createReadStream } from 'node:fs';

let lines = 0;
let rest = '';
for await (const chunk of createReadStream(process.argv[2] ?? '', {
  encoding: 'utf8',
  highWaterMark: 262_144,
})) {
  const parts = (rest + chunk).split('\n');
  rest = parts.pop() ?? '';
  for (const line of parts) JSON.parse(line);
  lines += parts.length;
}
process.stdout.write(`${lines}\n`);
