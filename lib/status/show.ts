import { showDuration } from '../util/duration.js';
import { nearest } from '../util/nearest.js';
import { plural } from '../util/plural.js';
import { printable } from '../util/printable.js';
import { showSize } from '../util/size.js';
import type { Fault, Receipts, Snapshot } from './snapshot.js';

/** Most lines for apps, held names and spooled apps each, so that all fits 80 × 24. */
const mostLines = 2;

/** What a daemon waits for, and since when; undefined if it is subscribed, cvmain serves and no file is broken from the start. */
export const waitingOf = (
  snapshot: Snapshot,
): { readonly what: string; readonly since: number; readonly detail: string } | undefined => {
  const { cvmain, files, login, broker } = snapshot;
  const detailOf = ({ last_error }: { readonly last_error: Fault | null }): string => last_error?.text ?? '';
  if (cvmain.state !== 'serves') return { what: 'cvmain', since: cvmain.since, detail: detailOf(cvmain) };
  const [file] = files.waits_for ?? [];
  if (file !== undefined) return { what: file.file, since: file.since, detail: file.detail };
  if (login !== null) return { what: login.waits_for, since: login.since, detail: login.detail };
  if (broker.state !== 'subscribed') return { what: 'broker', since: broker.since, detail: detailOf(broker) };
  return undefined;
};

/** What the daemon does or waits for, and why, for systemd's `STATUS=`: changes as rarely as that does. Not escaped. */
export const stateLine = (snapshot: Snapshot): string => {
  const waiting = waitingOf(snapshot);
  if (waiting === undefined || snapshot.stopping) return stateOf(snapshot);
  // Behind the semicolon is what differs between attempts.
  const [detail = ''] = waiting.detail.split(';');
  return detail === '' ? stateOf(snapshot) : `${stateOf(snapshot)}: ${detail}`;
};

const stateOf = (snapshot: Snapshot): string => {
  if (snapshot.stopping) return 'stopping';
  const waiting = waitingOf(snapshot);
  return waiting === undefined ? 'subscribed' : `waiting for ${waiting.what}`;
};

/** The status in one line, without ages: for a dumb terminal. Escaped. */
export const statusLine = (snapshot: Snapshot): string => {
  const { settled, held, spool } = snapshot;
  const sum = (counts: readonly { readonly messages: number }[]): number =>
    counts.reduce((total, { messages }) => total + messages, 0);
  return printable(
    `${stateOf(snapshot)}; ${settled['notified'] ?? 0} notified, ${sum(held)} held, ${sum(spool.apps)} in the spool`,
  );
};

/** The status for people, at most 22 lines, each cut to `width` columns; `now` is an uptime, `wall` ms since the epoch. Escaped. */
export const statusText = (
  snapshot: Snapshot,
  now: number,
  wall: number,
  width = Number.POSITIVE_INFINITY,
): readonly string[] => {
  const { cvmain, broker, window, held, spool, apps, registered } = snapshot;
  const age = (at: number): string => showDuration(Math.max(0, now - at));
  const ago = (at: number | null): string => (at === null ? 'never' : `${age(at)} ago`);
  const { bytes_written } = snapshot;
  const written = bytes_written ? `; ${showSize(bytes_written)} written` : '';
  const waiting = waitingOf(snapshot);
  const fault = (label: string, error: Fault | null): readonly string[] =>
    error === null ? [] : [row(label, `last error ${age(error.at)} ago: ${error.text}`)];
  const near = (name: string): string => {
    const best = nearest(name, registered);
    return best === undefined ? '' : `; nearest registered: ${best}`;
  };
  return [
    `cvmqtt ${snapshot.version}, pid ${snapshot.pid}, up ${age(snapshot.started_at)}, ${snapshot.config_directory}`,
    waiting === undefined
      ? row('state', snapshot.stopping ? 'stopping' : `subscribed for ${age(broker.since)}`)
      : row('state', `waiting for ${waiting.what}, ${age(waiting.since)}: ${waiting.detail}`),
    row(
      'cvmain',
      `${cvmain.version ?? ''} ${cvmain.state} for ${age(cvmain.since)}${callsOf(cvmain)}`.trim(),
    ),
    ...fault('', cvmain.last_error),
    row('broker', `${broker.state} for ${age(broker.since)}, ${plural(broker.reconnects, 'reconnect')}`),
    ...(broker.address === null
      ? []
      : [row('', `${broker.address}, MQTT ${broker.mqtt_version ?? '?'}, QoS ${broker.granted_qos}`)]),
    ...fault('', broker.last_error),
    ...fault('files', snapshot.files.last_error),
    row(
      'window',
      `${window.messages} of ${plural(window.max_messages, 'message')}, ${showSize(window.bytes)}`,
    ),
    ...rows(
      'held',
      held,
      (each) => `${each.messages} for ${each.name}, ${age(each.since)}${near(each.name)}`,
    ),
    ...rows('spool', spool.apps, (each) => {
      const oldest = each.oldest_at === null ? '' : `, the oldest received ${age(each.oldest_at)} ago`;
      return `${plural(each.messages, 'message')} for ${each.name}${oldest}`;
    }),
    row('settled', countsOf(snapshot.settled)),
    ...rows(
      'apps',
      apps,
      (app) =>
        `${app.name}: ${app.notified} notified, ${app.spooled} spooled, ${plural(app.dead_letters, 'dead letter')}`,
    ),
    ...(snapshot.last_received_at === null && snapshot.last_settled_at === null
      ? []
      : [
          row(
            'last',
            `received ${ago(snapshot.last_received_at)}, settled ${ago(snapshot.last_settled_at)}${receiptsOf(snapshot.receipts)}${written}`,
          ),
        ]),
    row('token', tokenOf(snapshot.token_expires_at, wall)),
    row('clock', snapshot.clock_synchronised ? 'synchronised' : 'not known to be synchronised'),
  ].map((line) => fitted(line, width));
};

const callsOf = ({ calls, p50_ms, p99_ms }: Snapshot['cvmain']): string => {
  const bound = (ms: number | null): string => (ms === null ? '> 10000 ms' : `<= ${ms} ms`);
  return calls === 0 ? '' : `; ${plural(calls, 'call')}, p50 ${bound(p50_ms)}, p99 ${bound(p99_ms)}`;
};

const countsOf = (settled: Snapshot['settled']): string =>
  Object.entries(settled)
    .filter(([result, count]) => count > 0 || result === 'notified')
    .map(([result, count]) => `${count} ${result}`)
    .join(', ');

/** On the line of the last messages, as there are 22 lines at most. */
const receiptsOf = (receipts: Receipts | undefined): string => {
  if (receipts === undefined) return '';
  const others = (['refused', 'dropped'] as const).filter((fate) => receipts[fate] > 0);
  return `; ${[plural(receipts.published, 'receipt'), ...others.map((fate) => `${receipts[fate]} ${fate}`)].join(', ')}`;
};

const tokenOf = (expiresAt: number | null, wall: number): string => {
  if (expiresAt === null) return 'no known expiry';
  return expiresAt > wall
    ? `expires in ${showDuration(expiresAt - wall)}`
    : `expired ${showDuration(wall - expiresAt)} ago`;
};

/** A line with its label. */
export const row = (label: string, text: string): string => `  ${label.padEnd(8)} ${text}`;

const rows = <A>(label: string, items: readonly A[], show: (item: A) => string): readonly string[] => {
  const lines = items.slice(0, mostLines).map((item, at) => row(at === 0 ? label : '', show(item)));
  return items.length > mostLines ? [...lines, row('', `and ${items.length - mostLines} more`)] : lines;
};

/** A line, escaped and cut to a width. */
export const fitted = (line: string, width: number): string => {
  const shown = printable(line);
  return shown.length > width ? `${shown.slice(0, width - 1)}…` : shown;
};
