import type { Run, RunCall, RunCell, RunMessage, RunResult, RunSet } from '../../lib/report/run.js';

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
const randomOf = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** Parameters of a made-up run. */
export interface MadeUp {
  readonly messages: number;
  readonly durationMs: number;
  readonly integrations: number;
  /** The share, 0 to 1, that is dead-lettered. */
  readonly badly?: number;
  readonly seed?: number;
}

const commands = ['open-door', 'get-settings', 'show-code', 'set-price', 'blink', 'reboot-display'];

/** A message that was notified after `waitMs` and a call of `tookMs`. */
export const notified = (
  at: number,
  integration: string,
  command: string,
  { waitMs = 0, tookMs = 4, failures = 0 } = {},
): RunMessage => {
  const name = `${integration}-${command}`;
  const body = `{"door":${(at % 24) + 1 - ((at % 24) % 1)}}`;
  const preview = JSON.stringify({ function: name, body, timeout: 30_000 });
  const failed = Array.from(
    { length: failures },
    (_, index): RunCall => ({
      target: 'notifier',
      at: at + (waitMs * index) / failures,
      endedAt: at + (waitMs * (index + 0.3)) / failures,
      outcome: 'away',
      detail: '14 UNAVAILABLE: connection refused',
    }),
  );
  const endedAt = at + waitMs + tookMs;
  return {
    ...arrived(at, preview),
    name,
    integration,
    nameFrom: 'payload',
    body: { k: 'body', v: body },
    lifetimeMs: 30_000,
    calls: [...failed, { target: 'notifier', at: at + waitMs, endedAt, outcome: 'accepted' }],
    result: { at: endedAt, kind: 'notified' },
  };
};

/** A message that was dead-lettered with a reason, after `waitMs`. */
export const rejected = (
  at: number,
  kind: Exclude<RunResult['kind'], 'notified'>,
  name: string,
  { waitMs = 0, detail = `${kind}, in words` } = {},
): RunMessage => {
  const dash = name.indexOf('-');
  const preview = JSON.stringify({ function: name, body: '' });
  return {
    ...arrived(at, preview),
    ...(kind === 'undecodable' ? {} : { name, nameFrom: 'payload' as const }),
    ...(dash > 0 && kind !== 'undecodable' ? { integration: name.slice(0, dash) } : {}),
    result: { at: at + waitMs, kind, detail },
  };
};

/** A message of which only the arrival is known. */
export const arrived = (at: number, preview: string): RunMessage => ({
  at,
  topic: 's2u/cv12345/command',
  qos: 1,
  retain: false,
  dup: false,
  bytes: Buffer.byteLength(preview),
  preview,
  calls: [],
});

/** A long run of many messages: quiet hours and bursts, waits of all lengths, an outage, apps that come and go. */
export const madeUpRun = ({ messages, durationMs, integrations, badly = 0.06, seed = 7 }: MadeUp): Run => {
  const random = randomOf(seed);
  const names = Array.from({ length: integrations }, (_, index) =>
    index === 0 ? 'vg:upgrader' : `app${index}`,
  );
  const pick = <T>(from: readonly T[], skew = 1): T | undefined =>
    from[Math.floor(random() ** skew * from.length)];
  const wave = (share: number): number => share + 0.045 * Math.sin(share * 19) + 0.02 * Math.sin(share * 61);
  const made = Array.from({ length: messages }, (_, index): RunMessage => {
    const at = Math.min(1, Math.max(0, wave((index + random()) / messages))) * durationMs * 0.96;
    const integration = pick(names, 2) ?? '';
    const command = pick(commands) ?? '';
    if (random() >= badly) {
      const outage = durationMs * 0.62;
      const untilOver = outage + durationMs * 0.03 - at;
      const away = at >= outage && untilOver > 0;
      const tookMs = 1.5 + 9 * random() ** 6;
      return notified(at, integration, command, {
        waitMs: away ? untilOver : random() < 0.02 ? durationMs * 0.01 * random() : 0,
        tookMs,
        failures: away ? 3 : 0,
      });
    }
    const roll = random();
    if (roll < 0.4) {
      const detail = 'no integration "cafe" is registered; held 3000 ms for it';
      return rejected(at, 'unregistered', 'cafe-open-door', { waitMs: durationMs * 0.02, detail });
    }
    if (roll < 0.6) return rejected(at, 'undecodable', '', { detail: 'the topic has no level with a name' });
    if (roll < 0.75) {
      return rejected(at, 'malformed-name', 'reboot', { detail: '"reboot": the name has no dash' });
    }
    if (roll < 0.85) return rejected(at, 'reserved-name', 'vg:impostor-open');
    return rejected(at, 'expired', `${integration}-${command}`, { waitMs: durationMs * 0.012 * random() });
  }).sort((a, b) => a.at - b.at);
  const sets: readonly RunSet[] = [
    { at: 0, names: names.slice(0, -1) },
    { at: durationMs * 0.3, names },
    { at: durationMs * 0.62, names: names.filter((_, index) => index % 3 !== 1) },
    { at: durationMs * 0.65, names },
  ];
  return {
    title: 'made-up.ndjson',
    startedAt: Date.UTC(2026, 10, 23, 6, 0, 0),
    durationMs,
    speed: '1x',
    target: 'dry-run',
    calls: 'assumed',
    messages: made,
    sets,
    skippedLines: 2,
  };
};

/** {@link smallRun}, with a million messages that are only counted: for int1, for cafe, and 50,000 for no app. */
export const countedRun = (): Run => {
  const cell =
    (kind: RunCell['kind'], integration: string, count: number) => (_: unknown, index: number) => ({
      at: index * 256,
      settledAt: index * 256 + (kind === 'notified' ? 0 : 3_072),
      kind,
      integration,
      count,
    });
  const cells: readonly RunCell[] = [
    ...Array.from({ length: 50 }, cell('notified', 'int1', 16_000)),
    ...Array.from({ length: 50 }, cell('notified', 'cafe', 3_000)),
    ...Array.from({ length: 50 }, cell('unregistered', 'kiosk', 1_000)),
  ];
  const latency = { count: 950_057, p50: 7, p90: 9, p99: 12, max: 4_304 };
  const byIntegration = new Map([['int1', latency]]);
  return { ...smallRun(), rest: { stepMs: 256, cells, latencies: { all: latency, byIntegration } } };
};

/** A small run in which each result occurs, as shown in the pictures of the specs. */
export const smallRun = (): Run => {
  const held = [5_200, 6_400, 7_000].map((at) => notified(at, 'cafe', 'show-code', { waitMs: 9_500 - at }));
  const outage = [13_100, 13_900, 15_200].map((at) =>
    notified(at, 'int1', 'open-door', { waitMs: 16_800 - at, failures: 3 }),
  );
  const quick = [300, 1_200, 1_900, 2_650, 4_100, 5_000, 7_900, 8_800, 10_400, 11_050, 17_900, 19_200].map(
    (at, index) => notified(at, index % 3 === 1 ? 'vg:upgrader' : 'int1', commands[index % 6] ?? ''),
  );
  const burst = Array.from({ length: 40 }, (_, index) =>
    notified(11_900 + index * 3, 'int1', 'blink', { waitMs: index * 2 }),
  );
  const messages = [
    ...held,
    ...outage,
    ...quick,
    ...burst,
    rejected(1_500, 'malformed-name', 'reboot', { detail: '"reboot": the name has no dash' }),
    rejected(3_300, 'undecodable', '', {
      detail: "the envelope's field timeout: expected a number of ms, 0 or more, found a string",
    }),
    rejected(4_500, 'reserved-name', 'vg:impostor-open-door', {
      detail: '"vg:impostor" is reserved and not in reserved_integrations of mq/cvmqtt.json',
    }),
    rejected(8_200, 'unregistered', 'kiosk-hello', {
      waitMs: 5_000,
      detail: 'no integration "kiosk" is registered; held 5000 ms for it',
    }),
    rejected(9_100, 'too-large', 'int1-set-picture', {
      detail: 'its notification has 41213 bytes, more than 32768',
    }),
    rejected(12_600, 'expired', 'int1-open-door', {
      waitMs: 2_000,
      detail: 'it was to be delivered within 2000 ms',
    }),
    rejected(17_200, 'refused', 'int1-open-door', { waitMs: 6, detail: 'cvmain: no such door' }),
    rejected(18_100, 'delivery-disabled', 'kiosk-hello'),
    { ...rejected(18_500, 'overflow', 'cafe-show-code'), qos: 0 as const },
  ];
  const { result: _, ...waiting } = notified(18_900, 'cafe', 'set-price');
  return {
    title: 'sample.ndjson',
    startedAt: Date.UTC(2026, 10, 23, 8, 3, 0),
    durationMs: 20_000,
    speed: '1x',
    target: 'dry-run',
    calls: 'assumed',
    messages: [...messages, { ...waiting, calls: [] }].sort((a, b) => a.at - b.at),
    sets: [
      { at: 0, names: ['int1', 'vg:upgrader'] },
      { at: 9_500, names: ['int1', 'vg:upgrader', 'cafe'] },
      { at: 18_300, names: ['int1', 'vg:upgrader'] },
    ],
    skippedLines: 1,
  };
};
