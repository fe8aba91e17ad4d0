import { columnOf } from './columns.js';
import { latenciesOf } from './latency.js';
import { type Mark, markOf, marks } from './marks.js';
import type { Run, RunCall, RunMessage } from './run.js';
import { newTexts } from './texts.js';

/** Percentiles as the page reads them: count, p50, p90, p99, max. */
type LatencyRow = readonly number[];

/** A run as a report carries it: a column a fact, times in whole microseconds, texts by their numbers. */
export interface EncodedRun {
  readonly title: string;
  readonly startedAt: number | null;
  readonly durationMs: number;
  readonly speed: string;
  readonly target: Run['target'];
  readonly skippedLines: number;
  readonly leftOut: number;
  readonly count: number;
  readonly calls: number;
  readonly texts: readonly string[];
  /** The length to which texts were cut, characters. */
  readonly cutAt: number;
  readonly columns: Readonly<Record<string, string>>;
  /** Changes of the live set: microseconds, and the numbers of the names that came and went. */
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

/** Bits: QoS (2), retain, dup, then where the name came from (2) and which body there is (2), 0 for neither. */
const flagsOf = ({ qos, retain, dup, nameFrom, body }: RunMessage): number => {
  const source = nameFrom === undefined ? 0 : sources.indexOf(nameFrom) + 1;
  const kind = body === undefined ? 0 : bodies.indexOf(body.k) + 1;
  return qos + (retain ? 4 : 0) + (dup ? 8 : 0) + source * 16 + kind * 64;
};

/** A run in columns: about 30 bytes a message and its texts, which are cut where they would be too many. */
export const encodeRun = (run: Run): EncodedRun => {
  const { messages } = run;
  const texts = newTexts();
  const column = <T>(rows: readonly T[], value: (row: T, at: number) => number): string =>
    columnOf(rows.map(value));
  const calls = messages.flatMap((message) => message.calls.map((call) => ({ call, base: message.at })));
  const columns = {
    at: column(messages, ({ at }, index) => microseconds(at) - microseconds(messages[index - 1]?.at ?? 0)),
    flags: column(messages, flagsOf),
    bytes: column(messages, ({ bytes }) => bytes),
    topic: column(messages, ({ topic }) => texts.number(topic)),
    name: column(messages, ({ name }) => texts.number(name)),
    integration: column(messages, ({ integration }) => texts.number(integration)),
    preview: column(messages, ({ preview }) => texts.number(preview)),
    body: column(messages, ({ body }) => texts.number(body?.v)),
    lifetime: column(messages, ({ lifetimeMs }) =>
      lifetimeMs === undefined ? -1 : microseconds(lifetimeMs),
    ),
    end: column(messages, ({ end }) => markOf(end?.kind ?? 'not settled')),
    endAt: column(messages, ({ at, end }) => microseconds(end?.at ?? at) - microseconds(at)),
    endDetail: column(messages, ({ end }) => texts.number(end?.detail)),
    callCount: column(messages, (message) => message.calls.length),
    callTarget: column(calls, ({ call }) => targets.indexOf(call.target)),
    callTo: column(calls, ({ call }) => texts.number(call.to)),
    callAt: column(calls, ({ call, base }) => microseconds(call.at) - microseconds(base)),
    callTook: column(calls, ({ call }) => microseconds(call.endedAt) - microseconds(call.at)),
    callOutcome: column(calls, ({ call }) => outcomes.indexOf(call.outcome)),
    callDetail: column(calls, ({ call }) => texts.number(call.detail)),
  };
  const { all, byIntegration } = latenciesOf(run);
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
    skippedLines: run.skippedLines,
    leftOut: run.leftOut ?? 0,
    count: messages.length,
    calls: calls.length,
    texts: shown,
    cutAt,
    columns,
    sets,
    latency: all === undefined ? null : row(all),
    latencies,
    marks,
  };
};

/** What changed with each set. */
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
