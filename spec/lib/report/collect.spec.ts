import { expect } from 'chai';
import { RunCollector } from '../../../lib/report/collect.js';
import type { Message } from '../../../lib/rules/message/decode.js';
import type { Publish } from '../../../lib/rules/message/publish.js';
import type { IntegrationSet } from '../../../lib/rules/routing/integrations.js';

const setOf = (...names: readonly string[]): IntegrationSet => new Map(names.map((name) => [name, { name }]));

const publishOf = (seq: number, name: string): Publish => ({
  seq,
  topic: 's2u/cv12345/command',
  payload: { text: `{"function":"${name}"}` },
  qos: 1,
  retain: false,
  dup: false,
  receivedAt: 0,
});

const messageOf = (publish: Publish, integration: string): Message => ({
  publish,
  name: `${integration}-a`,
  integration,
  message: 'a',
  body: { text: '' },
  lifetimeMs: Number.POSITIVE_INFINITY,
});

const about = { title: 'a run', speed: 'max', target: 'dry-run', calls: 'assumed' } as const;

describe('collect', () => {
  it('keeps the last of several sets at the same moment: a run that begins midway starts with a set', () => {
    let now = 0;
    const collector = new RunCollector(() => now);
    collector.setChanged(setOf('int1'));
    collector.setChanged(setOf('int1', 'int2'));
    now = 5;
    collector.setChanged(setOf());
    expect(collector.run(about).sets).to.deep.equal([
      { at: 0, names: ['int1', 'int2'] },
      { at: 5, names: [] },
    ]);
  });

  it('counts the whole run, whatever its length, and keeps each of the rare ends', () => {
    let now = 0;
    const collector = new RunCollector(() => now);
    const rare = [12, 50_000, 99_998];
    for (let seq = 0; seq < 100_000; seq += 1) {
      const integration = rare.includes(seq) ? 'ghost' : `int${seq % 3}`;
      const publish = publishOf(seq, `${integration}-a`);
      const message = messageOf(publish, integration);
      now = seq * 10;
      collector.arrived(publish);
      now += 2;
      if (integration !== 'ghost') {
        collector.settled({ kind: 'notified', publish, message, attempts: 1, tookMs: 2 });
      } else {
        const because = { reason: 'unregistered', detail: 'no app' } as const;
        collector.settled({ kind: 'dead-lettered', ...because, publish, message, attempts: 0, tookMs: 2 });
      }
    }
    collector.arrived(publishOf(100_000, 'int1-late'));
    const { messages, rest } = collector.run(about);
    const counted = rest?.cells.reduce((sum, { count }) => sum + count, 0) ?? 0;
    expect(messages.length + counted).to.equal(100_001);
    expect(messages.length).to.be.within(20_000, 80_000);
    expect(
      messages.filter(({ result }) => result?.kind === 'unregistered').map(({ at }) => at),
    ).to.deep.equal(rare.map((seq) => seq * 10));
    expect(messages.filter(({ result }) => result === undefined)).to.have.length(1);
    expect(rest?.latencies.all).to.deep.equal({ count: 99_997, p50: 2, p90: 2, p99: 2, max: 2 });
    expect([...(rest?.latencies.byIntegration.keys() ?? [])]).to.have.members(['int0', 'int1', 'int2']);
  });

  it('has no counts beside its messages if all are kept', () => {
    const collector = new RunCollector(() => 0);
    collector.arrived(publishOf(1, 'int1-a'));
    const run = collector.run(about);
    expect([run.messages.length, 'rest' in run]).to.deep.equal([1, false]);
  });

  it('keeps the beginning of a payload', () => {
    const collector = new RunCollector(() => 0);
    collector.arrived(publishOf(1, `${'\ud83d\ude80'.repeat(100)}!`));
    expect(collector.run(about).messages[0]?.preview).to.equal(
      `{"function":"${'\ud83d\ude80'.repeat(93)}\ud83d`,
    );
  });
});
