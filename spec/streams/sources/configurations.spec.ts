import { rootCertificates } from 'node:tls';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { NEVER, type Observable } from 'rxjs';
import type { Config } from '../../../lib/config/config.js';
import { layout } from '../../../lib/config/layout.js';
import { defaultSettings } from '../../../lib/config/settings.js';
import type { DaemonEvent } from '../../../lib/log/event.js';
import { configurations } from '../../../streams/sources/configurations.js';
import type { FileContent } from '../../../streams/sources/file-content.js';
import { marbles } from '../../support/virtual-time.js';

const files = layout('/home');

/** In the order of time: ms, a file, and what it holds from then on; undefined: it is gone. */
type Change = readonly [number, 'cvmain' | 'settings' | 'ca', string | undefined];

const contentOf = (text: string | undefined): FileContent =>
  text === undefined ? E.left({ reason: 'absent' }) : E.right(text);

/** The resulting configurations and events as text, with their times. */
const saidOf = (...changes: readonly Change[]): readonly string[] => {
  const said: string[] = [];
  marbles(({ cold }, scheduler) => {
    const say = (text: string) => said.push(`${scheduler.now()}: ${text}`);
    const inFile = (file: Change[1]): Observable<FileContent> => {
      const own = changes.filter(([, each]) => each === file);
      const letters = Object.fromEntries(own.map(([, , text], at) => [String(at), contentOf(text)]));
      let now = 0;
      const diagram = own.map(([at], n) => {
        const wait = at - now;
        now = at + 1;
        return `${wait > 0 ? `${wait}ms ` : ''}${n}`;
      });
      return cold(diagram.join(' '), letters);
    };
    configurations({
      layout: files,
      content: (path) => {
        if (path === files.cvmain) return inFile('cvmain');
        if (path === files.settings) return inFile('settings');
        return path === files.ca ? inFile('ca') : NEVER;
      },
      scheduler,
      report: (event) => {
        // The next value shows that.
        if (event.kind !== 'file-whole') say(reported(event));
      },
    }).subscribe((config) => say(shown(config)));
  });
  return said;
};

const shown = ({ cvmain, settings, ca }: Config): string => {
  const changed =
    settings.keepalive_s === defaultSettings.keepalive_s ? '' : `, keepalive ${settings.keepalive_s}`;
  return `${cvmain.address}${changed}${ca === undefined ? '' : ', ca'}`;
};

const reported = (event: DaemonEvent): string =>
  event.kind === 'file-broken' ? `${event.file} ${event.detail}; ${event.until}` : event.kind;

const hub = (port: number): string => JSON.stringify({ local_server: { bind_addr: `127.0.0.1:${port}` } });

/** Without optional files. */
const plain: readonly Change[] = [
  [0, 'settings', undefined],
  [0, 'ca', undefined],
];

const pem = rootCertificates[0] ?? '';

describe('configurations', () => {
  it('emits the configuration at once, and after each change', () => {
    expect(
      saidOf(
        ...plain,
        [0, 'cvmain', hub(1)],
        [500, 'cvmain', hub(2)],
        [700, 'settings', '{"keepalive_s": 9}'],
        [900, 'ca', pem],
      ),
    ).to.deep.equal([
      '0: 127.0.0.1:1',
      '600: configuration-changed',
      '600: 127.0.0.1:2',
      '800: configuration-changed',
      '800: 127.0.0.1:2, keepalive 9',
      '1000: configuration-changed',
      '1000: 127.0.0.1:2, keepalive 9, ca',
    ]);
  });

  it('emits once if files change together, and not at all if nothing relevant changed', () => {
    expect(
      saidOf(
        ...plain,
        [0, 'cvmain', hub(1)],
        [500, 'cvmain', hub(2)],
        [550, 'settings', '{"keepalive_s": 9}'],
        [900, 'cvmain', `${hub(2)} // again`],
      ),
    ).to.deep.equal(['0: 127.0.0.1:1', '650: configuration-changed', '650: 127.0.0.1:2, keepalive 9']);
  });

  const broken = [
    '',
    '\0\0\0',
    '{"local_server": {"bind_addr": "127.',
    '[]',
    '5',
    '{"local_server": 5}',
    '{"mq": {"msgs_via_notifier": "yes"}}',
  ];
  for (const text of broken) {
    it(`waits while config.json is ${JSON.stringify(text)}, and continues when it is whole`, () => {
      const [waits, ...more] = saidOf(...plain, [0, 'cvmain', text], [900, 'cvmain', hub(1)]);
      expect(waits).to.match(/^0: \/home\/config\.json .*; waiting$/);
      expect(more).to.deep.equal(['900: 127.0.0.1:1']);
    });
  }

  it('waits for a missing config.json', () => {
    expect(saidOf(...plain, [0, 'cvmain', undefined], [2_000, 'cvmain', hub(1)])).to.deep.equal([
      '1000: /home/config.json does not exist; waiting',
      '2000: 127.0.0.1:1',
    ]);
  });

  it('keeps the last good content of each file, whatever happens to it', () => {
    expect(
      saidOf(
        [0, 'cvmain', hub(1)],
        [0, 'settings', '{"keepalive_s": 9}'],
        [0, 'ca', pem],
        [500, 'cvmain', ''],
        [600, 'settings', '{"keep'],
        [700, 'ca', pem.slice(0, 90)],
        [800, 'settings', '{"keepalive": 9}'],
        [2_000, 'cvmain', hub(2)],
      ),
    ).to.deep.equal([
      '0: 127.0.0.1:1, keepalive 9, ca',
      '500: /home/config.json is not JSON, line 1; last-good',
      '600: /home/mq/cvmqtt.json is empty, has NULs or ends too early, as after a power cut; last-good',
      '700: /home/mq/ca.pem is not a certificate in PEM form; last-good',
      '1800: /home/mq/cvmqtt.json has the unknown field keepalive (did you mean keepalive_s?); last-good',
      '2100: configuration-changed',
      '2100: 127.0.0.1:2, keepalive 9, ca',
    ]);
  });

  for (const text of ['', '\0\0', '{"keepalive_s": ']) {
    it(`counts torn settings of cvmqtt as absent until they are whole: ${JSON.stringify(text)}`, () => {
      expect(
        saidOf(
          [0, 'cvmain', hub(1)],
          [0, 'ca', undefined],
          [0, 'settings', text],
          [500, 'settings', '{"keepalive_s": 9}'],
        ),
      ).to.deep.equal([
        '0: /home/mq/cvmqtt.json is empty, has NULs or ends too early, as after a power cut; absent',
        '0: 127.0.0.1:1',
        '600: configuration-changed',
        '600: 127.0.0.1:1, keepalive 9',
      ]);
    });
  }

  for (const text of ['', '\0\0', 'none', pem.slice(0, 90), `${pem}\n${pem.slice(0, 90)}`, `${pem}\0`]) {
    it(`waits for a broken ca.pem rather than trust the system's authorities: ${JSON.stringify(text.slice(-20))}`, () => {
      expect(
        saidOf([0, 'cvmain', hub(1)], [0, 'settings', undefined], [0, 'ca', text], [500, 'ca', pem]),
      ).to.deep.equal([
        '0: /home/mq/ca.pem is not a certificate in PEM form; waiting',
        '500: 127.0.0.1:1, ca',
      ]);
    });
  }
});
