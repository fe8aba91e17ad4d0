import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import * as t from 'io-ts';
import { newCondition } from '../../../lib/status/condition.js';
import { Counters } from '../../../lib/status/counters.js';
import { metricsText } from '../../../lib/status/metrics.js';
import { noGauges, snapshotOf } from '../../../lib/status/take.js';
import { decodeJsonWith } from '../../../lib/util/codec.js';
import { itWith } from '../../rig/programs.js';
import { rightOf } from '../../support/either.js';

const alerts = 'packaging/prometheus/alerts.yml';

const Dashboard = t.type({
  panels: t.array(t.type({ title: t.string, targets: t.array(t.type({ expr: t.string })) })),
});

const text = (names: readonly string[]): string => {
  const counters = new Counters();
  counters.registered(names);
  if (names.length > 0) counters.receipt('refused');
  for (const ms of [0.4, 4, 4, 60_000]) counters.calls.add(ms);
  const identity = { pid: 7, process: 'life', boot: 'boot', started_at: 0 };
  const moment = { written_at: 1, clock_synchronised: false };
  const gauges = { ...noGauges, tokenExpiresAt: 5_000 };
  return metricsText(snapshotOf(identity, newCondition(0), counters, gauges, moment), 2_000, 8_000);
};

/** The names of metrics in queries. */
const namesIn = (queries: string): readonly string[] => [...new Set(queries.match(/\bcvmqtt_\w+/g))];

const promtool = (
  args: readonly string[],
  input = '',
): { readonly status: number | null; readonly said: string } => {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
};

describe('the metrics', () => {
  it('say without a daemon only that it is down', () => {
    expect(metricsText(undefined, 0, 0)).to.match(
      /^# HELP cvmqtt_up .*\n# TYPE cvmqtt_up gauge\ncvmqtt_up 0\n$/,
    );
  });

  it('have cumulative buckets in seconds', () => {
    const lines = text([]).split('\n');
    expect(lines).to.include.members([
      'cvmqtt_cvmain_call_seconds_bucket{le="0.0005"} 1',
      'cvmqtt_cvmain_call_seconds_bucket{le="0.005"} 3',
      'cvmqtt_cvmain_call_seconds_bucket{le="10"} 3',
      'cvmqtt_cvmain_call_seconds_bucket{le="+Inf"} 4',
      'cvmqtt_cvmain_call_seconds_count 4',
      'cvmqtt_uptime_seconds 2',
      'cvmqtt_token_expires_seconds -3',
    ]);
  });

  it('count receipts by what became of them, once there are some', () => {
    expect(text([])).to.not.contain('receipts');
    const lines = text(['int1']).split('\n');
    expect(lines).to.include('cvmqtt_receipts_total{fate="refused"} 1');
    expect(lines).to.include('cvmqtt_receipts_total{fate="dropped"} 0');
  });

  it('are all that the dashboard and the alert rules ask for', () => {
    const { panels } = rightOf(
      decodeJsonWith(Dashboard)(readFileSync('packaging/grafana/cvmqtt.json', 'utf8')),
    );
    const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    const asked = namesIn([...queries, readFileSync(alerts, 'utf8')].join('\n'));
    expect(asked.length).to.be.above(10);
    expect(namesIn(text(['int1']))).to.include.members(asked);
  });

  it('have a label of its own for each app: node_exporter refuses all metrics for two that are equal', () => {
    const name = fc.string({ unit: fc.constantFrom(...'anu01"\\\n\u0001\u2028', '\ud800'), maxLength: 7 });
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 2 }), (names) => {
        const labels = text(['a\u0001', 'a\\u0001', 'a\n', 'a\\n', ...names]).match(
          /app_notified_total\{.*/g,
        );
        expect(new Set(labels).size).to.equal(new Set(['a\u0001', 'a\\u0001', 'a\n', 'a\\n', ...names]).size);
      }),
    );
  });

  itWith('promtool')('pass promtool, whatever the names of the apps', () => {
    const input = text(['int1', 'a"b\\c', 'new\nline', '\u001b[31m\u202e', 'vg:upgrader']);
    expect(promtool(['check', 'metrics'], input)).to.deep.equal({ status: 0, said: '' });
    return Promise.resolve();
  });

  itWith('promtool')('have alert rules that promtool accepts', () => {
    expect(promtool(['check', 'rules', alerts])).to.include({ status: 0 });
    return Promise.resolve();
  });
});
