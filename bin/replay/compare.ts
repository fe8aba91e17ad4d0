import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import {
  arrivals,
  Comparison,
  comparisonSummary,
  type End,
  type Otherwise,
} from '../../lib/report/comparison.js';
import type { Run } from '../../lib/report/run.js';
import { messageKey } from '../../lib/rules/message/message-key.js';
import { writeOutputFile } from '../../lib/storage/output-file.js';
import { printable } from '../../lib/util/printable.js';
import { complain, print } from '../command.js';
import { exitCode } from '../exit-codes.js';
import { changeOf, otherwiseJson, otherwiseText } from './compare-lines.js';
import type { Options } from './options.js';
import { readRules } from './rules.js';
import { runCaptures, type Watch } from './run-captures.js';
import { dryRunSink } from './sink.js';
import { sourceOf } from './source.js';

/** What the second run has of its own. */
type Against = NonNullable<Options['against']>;

/** Runs twice, and prints the messages that end otherwise in the second run. Resolves with the exit code. */
export const compare = async (options: Options, { file, settingsFile }: Against): Promise<number> => {
  for (const each of file === undefined ? options.files : []) {
    const isFile =
      each !== '-' &&
      (await stat(each).then(
        (found) => found.isFile(),
        () => true,
      ));
    if (!isFile) return failed(`${each}: can be read only once: --against-settings needs a file`);
  }
  const comparison = new Comparison();
  let messages = 0;
  const first = await runOnce(options, (id, end) => {
    messages += 1;
    comparison.first(id, end);
  });
  if (E.isLeft(first)) return failed(first.left.detail, first.left.code);
  const changed = {
    ...options,
    ...(file === undefined ? {} : { files: [file] }),
    ...(settingsFile === undefined ? {} : { settingsFile }),
  };
  const second = await runOnce(changed, (id, end) => comparison.second(id, end));
  if (E.isLeft(second)) return failed(second.left.detail, second.left.code);
  const otherwise = comparison.result();
  show(options, otherwise);
  const summary = comparisonSummary(otherwise, messages);
  complain(summary);
  if (options.report !== undefined && first.right.run !== undefined && second.right.run !== undefined) {
    const runs = [titled(options, first.right.run), titled(changed, second.right.run)] as const;
    const written = await draw(options.report, runs, summary, otherwise);
    if (E.isLeft(written)) return failed(written.left);
  }
  return first.right.isWhole && second.right.isWhole ? exitCode.good : exitCode.failed;
};

interface Ran {
  readonly isWhole: boolean;
  readonly run?: Run;
}

const runOnce = async (
  options: Options,
  ended: (id: string, end: End) => void,
): Promise<E.Either<{ readonly detail: string; readonly code: number }, Ran>> => {
  const rules = await readRules(options);
  if (E.isLeft(rules)) return E.left({ detail: rules.left, code: exitCode.config });
  const source = await sourceOf(options, rules.right.clientId);
  if (E.isLeft(source)) return E.left({ detail: source.left, code: exitCode.failed });
  const quiet = { ...options, lines: 'none' } as const;
  const sink = dryRunSink(quiet, rules.right);
  const { complete, broken, run } = await runCaptures(
    quiet,
    rules.right,
    source.right,
    sink,
    watching(ended),
  );
  const isWhole = complete && source.right.unread() === 0 && !(options.strict && broken > 0);
  return E.right({ isWhole, ...(run === undefined ? {} : { run }) });
};

const watching = (ended: (id: string, end: End) => void): Watch => {
  const idOf = arrivals();
  const open = new Map<number, { readonly id: string; readonly key: string; readonly atMs: number }>();
  return {
    arrived: (publish, atMs) => {
      const key = messageKey(publish);
      open.set(publish.seq, { id: idOf(key), key, atMs });
    },
    settled: (settlement) => {
      const { publish, message, tookMs } = settlement;
      const arrived = open.get(publish.seq);
      if (arrived === undefined || settlement.kind === 'spooled') return;
      open.delete(publish.seq);
      const { id, key, atMs } = arrived;
      const { topic, receivedAt } = publish;
      const name = message === undefined ? {} : { name: message.name };
      const how =
        settlement.kind === 'notified'
          ? { end: settlement.kind }
          : { end: settlement.reason, detail: settlement.detail };
      ended(id, { atMs, receivedAt, key, topic, tookMs, ...name, ...how });
    },
  };
};

const show = ({ lines }: Options, otherwise: readonly Otherwise[]): void => {
  if (lines === 'none') return;
  for (const each of otherwise) print(lines === 'json' ? otherwiseJson(each) : otherwiseText(each));
};

/** The run, named with its settings too. */
const titled = ({ settingsFile }: Options, run: Run): Run =>
  settingsFile === undefined ? run : { ...run, title: `${run.title}, ${basename(settingsFile)}` };

const draw = async (
  { file, kind }: NonNullable<Options['report']>,
  [first, second]: readonly [Run, Run],
  summary: string,
  otherwise: readonly Otherwise[],
): Promise<E.Either<string, void>> => {
  const { htmlPair, svgPair, svgReport } = await import('../../lib/report/report.js');
  const pictures = [svgReport(first), svgReport(second)] as const;
  const title = `${first.title} → ${second.title}`;
  const page = (): string => htmlPair({ title, summary, changes: otherwise.map(changeOf), pictures });
  return writeOutputFile(file, kind === 'html' ? page() : svgPair(...pictures));
};

const failed = (detail: string, code: number = exitCode.failed): number => {
  complain(`cvmqtt replay: ${printable(detail)}`);
  return code;
};
