import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { explain } from '../../lib/explain/explain.js';
import { describe as describeEvent } from '../../lib/log/describe.js';
import { encodeRun } from '../../lib/report/encode.js';
import { decodeRun } from '../../lib/report/page/decode.js';
import { stepsOf } from '../../lib/report/page/steps.js';
import type { RunMessage } from '../../lib/report/run.js';
import { topicFilter } from '../../lib/rules/message/topic-filter.js';
import { type Reason, reasons } from '../../lib/rules/rejection.js';
import type { DeadLettered } from '../../lib/rules/settlement.js';
import { stepNames, stepOf } from '../../lib/rules/steps.js';
import { dryRun } from '../../streams/programs/dry-run.js';
import type { Rules } from '../../streams/rules.js';
import { allIsWell } from '../support/deps.js';
import { root } from '../support/imports.js';
import { notified, rejected, smallRun } from '../support/runs.js';
import { publishOf, registered, type Sent } from '../support/shorthand.js';

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

/** The names in a picture: `decode ─▶ split ─▶ …`, as far as they are steps. */
const picturedIn = (file: string): readonly string[] => {
  const line = textOf(file)
    .split('\n')
    .find((each) => each.includes('decode ─▶'));
  return (line?.match(/\w+(?= ─▶)|(?<=─▶ )\w+/g) ?? []).filter(
    (name, at, all) => name !== all[at - 1] && name !== 'acknowledge',
  );
};

/** Pairs of a reason and a step, sorted. */
const pairs = (of: Iterable<readonly [Reason, string]>): readonly string[] =>
  [...new Set(Array.from(of, ([reason, step]) => `${reason}: ${step}`))].sort();

/** The expected pairs: a message can expire before or after its first call. */
const stops = pairs(
  reasons.flatMap((reason) => [false, true].map((wasCalled) => [reason, stepOf(reason, wasCalled)] as const)),
);

const reportSteps = (message: RunMessage) =>
  stepsOf(decodeRun(encodeRun({ ...smallRun(), messages: [message] })), 0);

const rules: Rules = {
  ...allIsWell,
  decodeRules: { nameFrom: 'auto', filters: [topicFilter('s2u/cv12345/#')] },
};

/** The steps that `explain` gives for a single message. */
const explained = (sent: Sent) => {
  const set = registered(['int1']);
  return explain(rules, set, dryRun(rules, set)(publishOf(1, sent)));
};

describe('steps: each has one name', () => {
  it('in the pictures of the README and of docs/architecture.md', () => {
    expect(picturedIn('README.md')).to.deep.equal(stepNames);
    expect(picturedIn('docs/architecture.md')).to.deep.equal(stepNames);
  });

  it('in the docs of the pipeline', () => {
    const [, list = ''] =
      /are those of docs\/architecture\.md#steps:(.*?)Order holds/s.exec(
        textOf('streams/pipeline.ts').replace(/\n \*/g, ' *'),
      ) ?? [];
    const named = [...list.matchAll(/\d\. ([a-z, ]+) \(`/g)].flatMap(([, names = '']) => names.split(', '));
    expect(named).to.deep.equal(stepNames);
  });

  it('in what explain prints', () => {
    const names = explained('int1-open').map(({ step }) => step);
    expect([...new Set(names)]).to.deep.equal(stepNames);
  });

  it("in the report's page", () => {
    const names = reportSteps(notified(300, 'int1', 'open-door')).map(({ name }) => name);
    expect(names).to.deep.equal(stepNames);
  });
});

describe('steps: each reason stops a message at one of them', () => {
  it('in the table of docs/architecture.md, where each step is defined once', () => {
    const rows = [
      ...textOf('docs/architecture.md').matchAll(/^\| \*\*(\w+)\*\* \| [^|]+ \| ([^|]*)\|$/gm),
    ].filter(([, step = '']) => stepNames.some((name) => name === step));
    expect(rows.map(([, step]) => step)).to.deep.equal(stepNames);
    const documented = rows.flatMap(([, step = '', cell = '']) =>
      reasons.filter((reason) => cell.includes(`\`${reason}\``)).map((reason) => [reason, step] as const),
    );
    expect(pairs(documented)).to.deep.equal(stops);
  });

  it('in the table of docs/messages.md', () => {
    const rows = [...textOf('docs/messages.md').matchAll(/^\| `([\w-]+)` \| .* \| ([^|]+) \|$/gm)];
    const documented = rows.flatMap(([, reason, cell = '']) =>
      reasons
        .filter((each) => each === reason)
        .flatMap((each) =>
          stepNames.filter((step) => cell.split(/\W/).includes(step)).map((step) => [each, step] as const),
        ),
    );
    expect(pairs(documented)).to.deep.equal(stops);
  });

  it("in the report's page", () => {
    const { calls } = notified(300, 'int1', 'open-door');
    const shown = reasons.flatMap((reason) =>
      [[], calls].map((made) => {
        const message = { ...rejected(300, reason, 'int1-open-door', { waitMs: 40 }), calls: made };
        const step = reportSteps(message).find(({ state }) => state === 'stopped');
        return [reason, step?.name ?? 'none'] as const;
      }),
    );
    expect(pairs(shown)).to.deep.equal(stops);
  });

  it('in the log', () => {
    const logged = reasons.flatMap((reason) =>
      [0, 2].map((attempts) => {
        const publish = publishOf(1, 'int1-open');
        const settlement: DeadLettered = {
          kind: 'dead-lettered',
          publish,
          reason,
          detail: '',
          attempts,
          tookMs: 0,
        };
        return [reason, `${describeEvent({ kind: 'settled', settlement }).fields['step']}`] as const;
      }),
    );
    expect(pairs(logged)).to.deep.equal(stops);
  });

  // What explain says for the other reasons: spec/lib/explain/explain.spec.ts.
  it('in explain, even if a payload or a notification is too large', () => {
    for (const size of [40_000, 300_000])
      expect(explained({ name: 'int1-open', text: 'x'.repeat(size) }).at(-1)).to.include({
        step: 'decode',
        verdict: 'ends',
      });
  });
});
