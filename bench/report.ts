import { htmlReport, svgReport } from '../lib/report/report.js';
import { madeUpRun } from '../spec/support/runs.js';

/*
 * Time to draw the report of a run of 100,000 messages, and its size: node --import tsx bench/report.ts [messages]
 * The page may take 5 s and 15 MB.
 */
const messages = Number(process.argv[2] ?? 100_000);
const run = madeUpRun({ messages, durationMs: 3_600_000, integrations: 30 });

for (const [name, report] of Object.entries({ htmlReport, svgReport })) {
  const began = performance.now();
  const before = process.cpuUsage();
  const text = report(run);
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(before);
  const megabytes = Buffer.byteLength(text) / 1_000_000;
  process.stdout.write(
    `${name} of ${messages} messages: ${seconds.toFixed(2)} s (${((user + system) / 1e6).toFixed(2)} s of CPU), ${megabytes.toFixed(2)} MB\n`,
  );
}
