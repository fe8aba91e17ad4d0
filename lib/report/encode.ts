import { newColumn } from './columns.js';
import { latenciesOf } from './latency.js';
import { type Mark, markOf, marks } from './marks.js';
import type { Run, RunCall, RunCell, RunMessage } from './run.js';
import { newTexts, type Texts } from './texts.js';

/** Percentiles in the page's format: count, p50, p90, p99, max. */
type LatencyRow = readonly number[];

/** A run as embedded in a report: one column per field, times in whole microseconds, texts by number. */
export interface EncodedRun {
  readonly title: string;
  readonly startedAt: number | null;
  readonly durationMs: number;
  readonly speed: string;
  readonly target: Run['target'];
  /** What is known of the calls to cvmain. */
  readonly known: Run['calls'];
  readonly skippedLines: number;
  /** The number of entries in the columns: messages, and cells of messages that are only counted. */
  readonly count: number;
  readonly cells: number;
  /** The step of the cells' times, ms. */
  readonly stepMs: number;
  readonly calls: number;
  readonly texts: readonly string[];
  /** The length that texts were cut to, characters. */
  readonly cutAt: number;
  readonly columns: Readonly<Record<string, string>>;
  /** Changes of the live set: time in microseconds, and the numbers of the names added and removed. */
  readonly sets: readonly (readonly [number, readonly number[], readonly number[]])[];
  readonly latency: LatencyRow | null;
  readonly latencies: readonly (readonly [number, LatencyRow])[];
  readonly marks: readonly Mark[];
}

const targets: readonly RunCall['target'][] = ['notifier', 'external'];
const outcomes: readonly RunCall['outcome'][] = ['accepted', 'refused', 'failed', 'away'];
const bodies = ['body', 'body_base64'] as const;
const sources = ['payload', 'topic'] as const;

const microseconds = (ms: number): number => Math.round(ms * 1_000);

/** Bits: QoS (2), retain, dup, source of the name (2), kind of body (2); 0 for no name and no body. */
const flagsOf = ({ qos, retain, dup, nameFrom, body }: RunMessage): number => {
  const source = nameFrom === undefined ? 0 : sources.indexOf(nameFrom) + 1;
  const kind = body === undefined ? 0 : bodies.indexOf(body.k) + 1;
  return qos + (retain ? 4 : 0) + (dup ? 8 : 0) + source * 16 + kind * 64;
};

/** Encodes a run in columns: about 40 bytes per message, plus its texts, which are cut to fit the budget. */
export const encodeRun = (run: Run): EncodedRun => {
  const texts = newTexts();
  const columns = newColumns();
  const entries: readonly (RunMessage | RunCell)[] = [...(run.rest?.cells ?? []), ...run.messages].sort(
    (a, b) => a.at - b.at,
  );
  let [last, calls, cells] = [0, 0, 0];
  for (const [index, entry] of entries.entries()) {
    const at = microseconds(entry.at);
    if ('calls' in entry) {
      addMessage(columns, texts, entry, at - last);
      for (const call of entry.calls) addCall(columns, texts, call, at);
      calls += entry.calls.length;
    } else {
      addCell(columns, texts, entry, at - last);
      columns.cellAt.add(index);
      cells += 1;
    }
    last = at;
  }
  const { all, byIntegration } = run.rest?.latencies ?? latenciesOf(run);
  const row = (latency: Record<'count' | 'p50' | 'p90' | 'p99' | 'max', number>): LatencyRow => [
    latency.count,
    ...[latency.p50, latency.p90, latency.p99, latency.max].map(microseconds),
  ];
  const latencies = Array.from(byIntegration, ([name, each]) => [texts.number(name), row(each)] as const);
  const sets = changesOf(run).map(
    ({ at, came, went }) => [microseconds(at), came.map(texts.number), went.map(texts.number)] as const,
  );
  const title = texts.number(run.title);
  const speed = texts.number(run.speed);
  const { texts: shown, cutAt } = texts.fitted();
  return {
    title: shown[title] ?? '',
    startedAt: run.startedAt ?? null,
    durationMs: run.durationMs,
    speed: shown[speed] ?? '',
    target: run.target,
    known: run.calls,
    skippedLines: run.skippedLines,
    count: entries.length,
    cells,
    stepMs: run.rest?.stepMs ?? 0,
    calls,
    texts: shown,
    cutAt,
    columns: Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.base64()])),
    sets,
    latency: all === undefined ? null : row(all),
    latencies,
    marks,
  };
};

const newColumns = () => ({
  at: newColumn(),
  flags: newColumn(),
  bytes: newColumn(),
  topic: newColumn(),
  name: newColumn(),
  integration: newColumn(),
  preview: newColumn(),
  body: newColumn(),
  lifetime: newColumn(),
  result: newColumn(),
  settledAt: newColumn(),
  resultDetail: newColumn(),
  callCount: newColumn(),
  callTarget: newColumn(),
  callTo: newColumn(),
  callAt: newColumn(),
  callTook: newColumn(),
  callOutcome: newColumn(),
  callDetail: newColumn(),
  cellAt: newColumn(),
  cellCount: newColumn(),
});

type Columns = ReturnType<typeof newColumns>;

const addMessage = (columns: Columns, texts: Texts, message: RunMessage, sinceLast: number): void => {
  const { result, lifetimeMs } = message;
  columns.at.add(sinceLast);
  columns.flags.add(flagsOf(message));
  columns.bytes.add(message.bytes);
  columns.topic.add(texts.number(message.topic));
  columns.name.add(texts.number(message.name));
  columns.integration.add(texts.number(message.integration));
  columns.preview.add(texts.number(message.preview));
  columns.body.add(texts.number(message.body?.v));
  columns.lifetime.add(lifetimeMs === undefined ? -1 : microseconds(lifetimeMs));
  columns.result.add(markOf(result?.kind ?? 'not settled'));
  columns.settledAt.add(result === undefined ? 0 : microseconds(result.at) - microseconds(message.at));
  columns.resultDetail.add(texts.number(result?.detail));
  columns.callCount.add(message.calls.length);
};

const addCell = (columns: Columns, texts: Texts, cell: RunCell, sinceLast: number): void => {
  columns.at.add(sinceLast);
  columns.cellCount.add(cell.count);
  columns.integration.add(texts.number(cell.integration));
  columns.lifetime.add(-1);
  columns.result.add(markOf(cell.kind));
  columns.settledAt.add(microseconds(cell.settledAt) - microseconds(cell.at));
  for (const name of factsOfMessages) columns[name].add(0);
};

/** The columns of messages that a cell has nothing in. */
const factsOfMessages = [
  'flags',
  'bytes',
  'topic',
  'name',
  'preview',
  'body',
  'resultDetail',
  'callCount',
] as const;

const addCall = (columns: Columns, texts: Texts, call: RunCall, messageAt: number): void => {
  columns.callTarget.add(targets.indexOf(call.target));
  columns.callTo.add(texts.number(call.to));
  columns.callAt.add(microseconds(call.at) - messageAt);
  columns.callTook.add(microseconds(call.endedAt) - microseconds(call.at));
  columns.callOutcome.add(outcomes.indexOf(call.outcome));
  columns.callDetail.add(texts.number(call.detail));
};

/** The differences between consecutive sets. */
const changesOf = ({ sets }: Run): readonly { at: number; came: string[]; went: string[] }[] =>
  sets.map(({ at, names }, index) => {
    const before = new Set(sets[index - 1]?.names);
    const now = new Set(names);
    return {
      at,
      came: [...now].filter((name) => !before.has(name)),
      went: [...before].filter((name) => !now.has(name)),
    };
  });
