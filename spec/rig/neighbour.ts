import { writeFile } from 'node:fs/promises';
import { layout } from '../../lib/config/layout.js';
import { scoped, temporaryDirectory } from './at-end.js';
import { startCvmainProcess } from './cvmain-process.js';
import { startDaemon } from './daemon.js';
import { flood } from './flood.js';
import { freePort } from './free-port.js';
import { username } from './login.js';
import { startMosquitto } from './mosquitto.js';

const healthy = Array.from({ length: 10 }, (_, n) => `int${n}`);

/** A bad neighbour: what its nth message is. */
interface Neighbour {
  readonly title: string;
  readonly message: (n: number) => { readonly function: string; readonly body: string };
}

export const neighbours: readonly Neighbour[] = [
  { title: 'calls that hang', message: (n) => ({ function: 'bad-open', body: `every=hang ${n}` }) },
  {
    title: 'a flood at 1 s a call',
    message: (n) => ({ function: 'bad-open', body: `every=late=1000 ${n}` }),
  },
  { title: 'a name that nobody registers', message: (n) => ({ function: 'nobody-open', body: `${n}` }) },
  { title: 'ever new names', message: (n) => ({ function: `nobody${n}-open`, body: `${n}` }) },
];

/** Load of the measurement. */
interface Load {
  /** Duration of each healthy call, ms. */
  readonly callMs: number;
  /** Healthy messages, for ten integrations in turn. */
  readonly count: number;
  /** In-flight limit of the broker; default 256. */
  readonly window?: number;
  readonly neighbour?: Neighbour;
  /** Number of the neighbour's messages per healthy one, spread evenly. */
  readonly each?: number;
}

/**
 * Healthy messages per second, from the first that cvmain accepted to the last, out of a backlog at the
 * broker. Each measurement has its own mosquitto, daemon and cvmain.
 */
export async function healthyRate({
  callMs,
  count,
  window = 256,
  neighbour,
  each = 0,
}: Load): Promise<number> {
  return scoped(async (atEnd) => {
    const broker = await startMosquitto(atEnd);
    const home = await temporaryDirectory(atEnd);
    const port = await freePort();
    const cvmain = await startCvmainProcess(atEnd, {
      home,
      port,
      announcedAddr: `127.0.0.1:${port}`,
      brokerUrl: broker.url,
      notifierAddr: '127.0.0.1:9',
      integrations: [...healthy, 'bad'],
      callMs: 0,
    });
    const settings = { mqtt_version: '5', window_messages: window };
    await writeFile(layout(home).settings, JSON.stringify(settings));
    const first = startDaemon(atEnd, home);
    await first.logged('subscribed');
    await first.stop();

    const bad = neighbour === undefined ? 0 : Math.round(count * each);
    await flood(broker.port, `s2u/${username}/command`, count + bad, (n) => {
      const before = Math.floor((n * bad) / (count + bad));
      const isBad = Math.floor(((n + 1) * bad) / (count + bad)) > before;
      if (isBad && neighbour !== undefined) return JSON.stringify(neighbour.message(before));
      const at = n - before;
      return JSON.stringify({
        function: `${healthy[at % healthy.length]}-open`,
        body: `every=late=${callMs} ${at}`,
      });
    });
    const accepted = cvmain.accepted.derive((each) => (each.name.startsWith('int') ? each : undefined));
    startDaemon(atEnd, home);
    const all = await accepted.filled('the healthy messages', count, 120_000);
    return (count - 1) / (((all.at(-1)?.at ?? 0) - (all[0]?.at ?? 0)) / 1000);
  });
}
