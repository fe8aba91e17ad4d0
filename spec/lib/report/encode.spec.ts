import { expect } from 'chai';
import fc from 'fast-check';
import { encodeRun } from '../../../lib/report/encode.js';
import { marks } from '../../../lib/report/marks.js';
import { decodeRun } from '../../../lib/report/page/decode.js';
import type { Run, RunMessage } from '../../../lib/report/run.js';
import { textBudget } from '../../../lib/report/texts.js';
import { reasons } from '../../../lib/rules/rejection.js';
import { madeUpRun, smallRun } from '../../support/runs.js';

const microseconds = fc.integer({ min: 0, max: 90_000_000_000 }).map((us) => us / 1_000);
const name = fc.constantFrom('int1', 'cafe', 'vg:upgrader', 'ünï');
const call: fc.Arbitrary<RunMessage['calls'][number]> = fc.record(
  {
    target: fc.constantFrom('notifier' as const, 'external' as const),
    to: fc.constantFrom('127.0.0.1:6001'),
    at: microseconds,
    endedAt: microseconds,
    outcome: fc.constantFrom('accepted' as const, 'refused' as const, 'failed' as const, 'away' as const),
    detail: fc.constantFrom('14 UNAVAILABLE', ''),
  },
  { requiredKeys: ['target', 'at', 'endedAt', 'outcome'] },
);
const message: fc.Arbitrary<RunMessage> = fc.record(
  {
    at: microseconds,
    topic: name.map((each) => `s2u/cv12345/${each}`),
    qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
    retain: fc.boolean(),
    dup: fc.boolean(),
    bytes: fc.nat({ max: 2 ** 28 }),
    preview: fc.string(),
    name: name.map((each) => `${each}-hello`),
    integration: name,
    nameFrom: fc.constantFrom('payload' as const, 'topic' as const),
    body: fc.record({ k: fc.constantFrom('body' as const, 'body_base64' as const), v: fc.string() }),
    lifetimeMs: microseconds,
    calls: fc.array(call, { maxLength: 3 }),
    result: fc.record(
      { at: microseconds, kind: fc.constantFrom('notified' as const, ...reasons), detail: fc.string() },
      { requiredKeys: ['at', 'kind'] },
    ),
  },
  { requiredKeys: ['at', 'topic', 'qos', 'retain', 'dup', 'bytes', 'preview', 'calls'] },
);
const runs: fc.Arbitrary<Run> = fc
  .record({ messages: fc.array(message, { maxLength: 20 }), startedAt: fc.integer({ min: 0, max: 4e12 }) })
  .map((some) => ({ ...smallRun(), ...some, messages: some.messages.toSorted((a, b) => a.at - b.at) }));

const decoded = (run: Run) => decodeRun(JSON.parse(JSON.stringify(encodeRun(run))));

const close = (actual: number | undefined, expected: number): void => {
  expect(actual).to.be.closeTo(expected, 0.001);
};

describe('encode', () => {
  it('keeps all facts of a run, with times to a microsecond', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const { columns, texts, count, startedAt } = decoded(run);
        expect([count, startedAt]).to.deep.equal([run.messages.length, run.startedAt]);
        const text = (number: number | undefined): string => texts[number ?? 0] ?? '';
        run.messages.forEach((each, id) => {
          close(columns.at[id], each.at);
          const flags = columns.flags[id] ?? 0;
          expect([flags % 4, (flags & 4) > 0, (flags & 8) > 0]).to.deep.equal([
            each.qos,
            each.retain,
            each.dup,
          ]);
          expect(columns.bytes[id]).to.equal(each.bytes);
          expect(text(columns.topic[id])).to.equal(each.topic);
          expect(text(columns.name[id])).to.equal(each.name ?? '');
          expect(text(columns.integration[id])).to.equal(each.integration ?? '');
          expect(text(columns.preview[id])).to.equal(each.preview);
          expect(text(columns.body[id])).to.equal(each.body?.v ?? '');
          if (each.lifetimeMs === undefined) expect(columns.lifetime[id]).to.be.below(0);
          else close(columns.lifetime[id], each.lifetimeMs);
          expect(marks[columns.result[id] ?? 0]?.result).to.equal(each.result?.kind ?? 'not settled');
          if (each.result !== undefined) close(columns.settledAt[id], each.result.at);
          expect(text(columns.resultDetail[id])).to.equal(each.result?.detail ?? '');
          const first = columns.callFrom[id] ?? 0;
          expect((columns.callFrom[id + 1] ?? 0) - first).to.equal(each.calls.length);
          each.calls.forEach((made, index) => {
            close(columns.callAt[first + index], made.at);
            close(columns.callTook[first + index], made.endedAt - made.at);
            expect(columns.callTarget[first + index]).to.equal(made.target === 'notifier' ? 0 : 1);
            expect(
              ['accepted', 'refused', 'failed', 'away'][columns.callOutcome[first + index] ?? 9],
            ).to.equal(made.outcome);
            expect(text(columns.callTo[first + index])).to.equal(made.to ?? '');
            expect(text(columns.callDetail[first + index])).to.equal(made.detail ?? '');
          });
        });
      }),
    );
  });

  it('encodes what each set added and removed', () => {
    const run = decoded({
      ...smallRun(),
      sets: [
        { at: 0, names: ['a', 'b'] },
        { at: 1.5, names: ['b', 'c'] },
        { at: 2, names: [] },
      ],
    });
    const named = run.sets.map(({ at, came, went, size }) => ({
      at,
      came: came.map((number) => run.texts[number]),
      went: went.map((number) => run.texts[number]),
      size,
    }));
    expect(named).to.deep.equal([
      { at: 0, came: ['a', 'b'], went: [], size: 2 },
      { at: 1.5, came: ['c'], went: ['a'], size: 2 },
      { at: 2, came: [], went: ['b', 'c'], size: 0 },
    ]);
  });

  it('lasts until the last event, and unsettled messages wait until then', () => {
    const run = decoded({ ...smallRun(), durationMs: 1 });
    expect(run.duration).to.be.closeTo(19_204, 0.01);
    const waiting = run.columns.result.indexOf(run.unsettled);
    expect(run.columns.settledAt[waiting]).to.equal(run.duration);
  });

  it('orders messages by arrival', () => {
    const messages = smallRun().messages.toReversed();
    expect([...decoded({ ...smallRun(), messages }).columns.at]).to.deep.equal([
      ...decoded(smallRun()).columns.at,
    ]);
  });

  it('is bounded, whatever the messages contain', () => {
    const long = '\u0000<'.repeat(300);
    const base = madeUpRun({ messages: 1_000, durationMs: 1_000, integrations: 3 });
    const messages = base.messages.map(
      (each, index): RunMessage => ({
        ...each,
        topic: `t${index}${long}`,
        name: `n${index}${long}`,
        integration: `i${index}${long}`,
        preview: `p${index}${long}`,
        result: { at: each.at, kind: 'expired', detail: `d${index}${long}` },
      }),
    );
    const { texts, cutAt } = encodeRun({ ...base, title: long, messages });
    expect(Buffer.byteLength(JSON.stringify(texts).replaceAll('<', '\\u003c'))).to.be.at.most(textBudget);
    expect(cutAt).to.be.below(400);
  });
});
