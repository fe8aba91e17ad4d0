import { jsonLine } from '../util/printable.js';
import { bounds } from './histogram.js';
import { waitingOf } from './show.js';
import type { Snapshot } from './snapshot.js';

type Labels = Readonly<Record<string, string>>;

/**
 * The metrics in Prometheus' text format, version 0.0.4: `cvmqtt_up 0` alone without a snapshot. Labels are a closed set and the
 * registered apps, so their number is bounded. `now` is an uptime, `wall` ms since the epoch.
 */
export const metricsText = (snapshot: Snapshot | undefined, now: number, wall: number): string => {
  const up = metric('up', 'gauge', '1 if the daemon runs.', [[{}, snapshot === undefined ? 0 : 1]]);
  return snapshot === undefined ? up : up + metricsOf(snapshot, now, wall);
};

const metricsOf = (snapshot: Snapshot, now: number, wall: number): string => {
  const { cvmain, broker, window, held, spool, apps, settled } = snapshot;
  const waiting = waitingOf(snapshot);
  const seconds = (since: number): number => Math.max(0, now - since) / 1_000;
  const sum = (counts: readonly { readonly messages: number }[]): number =>
    counts.reduce((total, { messages }) => total + messages, 0);
  const oldest = (times: readonly (number | null)[]): number =>
    Math.max(0, ...times.flatMap((at) => (at === null ? [] : [seconds(at)])));
  return [
    metric('ready', 'gauge', '1 if it is subscribed, cvmain answers, and it waits for no file.', [
      [{}, waiting === undefined ? 1 : 0],
    ]),
    metric('cvmain_serves', 'gauge', '1 if cvmain answers.', [[{}, cvmain.state === 'serves' ? 1 : 0]]),
    metric('subscribed', 'gauge', '1 if the broker accepted the subscriptions.', [
      [{}, broker.state === 'subscribed' ? 1 : 0],
    ]),
    metric('uptime_seconds', 'gauge', 'Time since the start of the daemon.', [
      [{}, seconds(snapshot.started_at)],
    ]),
    metric('received_total', 'counter', 'Publishes received.', [[{}, snapshot.received]]),
    metric(
      'settled_total',
      'counter',
      'Messages by result; a spooled one is counted again when it leaves the spool.',
      Object.entries(settled)
        .filter(([result]) => result !== 'dead_letters_lost')
        .map(([result, count]) => [{ result }, count]),
    ),
    metric('dead_letters_lost_total', 'counter', 'Dead letters that could not be stored.', [
      [{}, settled['dead_letters_lost'] ?? 0],
    ]),
    metric(
      'receipts_total',
      'counter',
      'Receipts by what became of them; none before the first.',
      Object.entries(snapshot.receipts ?? {}).map(([fate, count]) => [{ fate }, count]),
    ),
    metric('app_notified_total', 'counter', 'Notified messages by registered app.', byApp(apps, 'notified')),
    metric(
      'app_dead_letters_total',
      'counter',
      'Dead letters by registered app.',
      byApp(apps, 'dead_letters'),
    ),
    histogram(cvmain),
    metric('retries_total', 'counter', 'Calls to cvmain that were repeated.', [[{}, snapshot.retries]]),
    snapshot.bytes_written === undefined
      ? ''
      : metric('written_bytes_total', 'counter', 'Bytes written to the state directory.', [
          [{}, snapshot.bytes_written],
        ]),
    metric('reconnects_total', 'counter', 'Connections to the broker after the first.', [
      [{}, broker.reconnects],
    ]),
    metric('window_messages', 'gauge', 'Unacknowledged messages.', [[{}, window.messages]]),
    metric('window_max_messages', 'gauge', 'Limit of unacknowledged messages.', [[{}, window.max_messages]]),
    metric('held_messages', 'gauge', 'Messages held for apps that are not registered.', [[{}, sum(held)]]),
    metric('held_oldest_seconds', 'gauge', 'How long the oldest of them is held.', [
      [{}, oldest(held.map(({ since }) => since))],
    ]),
    metric('spool_messages', 'gauge', 'Messages in the spool.', [[{}, sum(spool.apps)]]),
    metric('spool_bytes', 'gauge', 'Bytes of the messages in the spool.', [[{}, spool.bytes]]),
    metric('spool_oldest_seconds', 'gauge', 'Age of the oldest of them, as far as it is known.', [
      [{}, oldest(spool.apps.map(({ oldest_at }) => oldest_at))],
    ]),
    snapshot.token_expires_at === null
      ? ''
      : metric('token_expires_seconds', 'gauge', 'Time until the token expires; negative if it has.', [
          [{}, (snapshot.token_expires_at - wall) / 1_000],
        ]),
    metric('clock_synchronised', 'gauge', '1 if the clock is known to be synchronised.', [
      [{}, snapshot.clock_synchronised ? 1 : 0],
    ]),
  ].join('');
};

const byApp = (
  apps: Snapshot['apps'],
  key: 'notified' | 'dead_letters',
): readonly (readonly [Labels, number])[] => apps.map((app) => [{ app: app.name }, app[key]]);

const metric = (
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  samples: readonly (readonly [Labels, number])[],
): string =>
  samples.length === 0
    ? ''
    : head(name, type, help) + samples.map(([labels, value]) => sample(name, labels, value)).join('');

const histogram = ({ calls, buckets, sum_ms }: Snapshot['cvmain']): string => {
  const name = 'cvmain_call_seconds';
  let seen = 0;
  const below = bounds.map((bound, at) => {
    seen += buckets[at] ?? 0;
    return sample(`${name}_bucket`, { le: String(bound / 1_000) }, seen);
  });
  return [
    head(name, 'histogram', 'Duration of calls to cvmain.'),
    ...below,
    sample(`${name}_bucket`, { le: '+Inf' }, calls),
    sample(`${name}_sum`, {}, sum_ms / 1_000),
    sample(`${name}_count`, {}, calls),
  ].join('');
};

const head = (name: string, type: string, help: string): string =>
  `# HELP cvmqtt_${name} ${help}\n# TYPE cvmqtt_${name} ${type}\n`;

const sample = (name: string, labels: Labels, value: number): string => {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${labelValue(text)}"`);
  return `cvmqtt_${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
};

/**
 * A control character is shown as in JSON, and so is a backslash, or two names could have one label: node_exporter then
 * refuses all metrics of the machine. Quotes and backslashes of that text are escaped for Prometheus.
 */
const labelValue = (text: string): string =>
  jsonLine(text)
    .slice(1, -1)
    .replace(/\\(.)/g, (pair, char) => (char === '"' ? pair : char === '\\' ? pair + pair : `\\${pair}`));
