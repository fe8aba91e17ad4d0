import { expect } from 'chai';
import * as t from 'io-ts';
import type { Browser, Page } from 'puppeteer-core';
import { dark, light } from '../../lib/report/palette.js';
import { endingAfterTest } from '../rig/at-end.js';
import { type DevProcess, startDev } from '../rig/dev.js';
import { startFirefox } from '../rig/firefox.js';
import { freePort } from '../rig/free-port.js';
import { type OpenLivePage, openLivePage, startBrowser } from '../rig/live-page.js';
import { browsers, itWith, pathOf } from '../rig/programs.js';
import { steeringIn } from '../rig/unprintable.js';
import { rightOf } from '../support/either.js';

const Point = t.array(t.number);

/** The URL of the page of `cvmqtt dev --page`. */
const urlOf = async ({ events }: DevProcess): Promise<string> => {
  const started = await events.first('the start', ({ event }) => event === 'started');
  return started.event === 'started' ? (started.page ?? '') : '';
};

/** Whether anything is wider than the window. */
const isTooWide = (page: Page): Promise<unknown> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

/** Where the diagram has a pixel of this colour, `#rrggbb`, once it has: in CSS pixels from its corner. */
const painted = async (page: Page, colour: string): Promise<{ readonly x: number; readonly y: number }> => {
  const found = await page.waitForFunction(`(() => {
    const canvas = document.querySelector('#diagram');
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt('${colour}'.slice(at, at + 2), 16));
    for (let at = 0; at < data.length; at += 4)
      if (data[at] === r && data[at + 1] === g && data[at + 2] === b && data[at + 3] === 255)
        return [((at / 4) % canvas.width) / devicePixelRatio, at / 4 / canvas.width / devicePixelRatio];
    return undefined;
  })()`);
  const [x = Number.NaN, y = Number.NaN] = rightOf(Point.decode(await found.jsonValue()));
  return { x, y };
};

for (const [title, program] of Object.entries(browsers)) {
  describe(`the live page of cvmqtt dev in ${title}`, () => {
    const atEnd = endingAfterTest();
    const itHere = itWith(program);
    let browser: Browser | undefined;

    before(async () => {
      if (pathOf(program) !== undefined) browser = await startBrowser[program]();
    });
    after(() => browser?.close());

    const start = async (width = 1_280, port = 0): Promise<OpenLivePage & { readonly dev: DevProcess }> => {
      if (browser === undefined) throw new Error('no browser');
      const dev = await startDev(atEnd, '--page', '--page-port', `${port}`);
      const live = await openLivePage(browser, await urlOf(dev), { width, height: 900 });
      atEnd(async () => {
        await live.page.close();
        // In every test: no error, no dialog.
        expect(live.complaints).to.deep.equal([]);
      });
      return { dev, ...live };
    };

    itHere('shows a message that arrives, waits with a countdown, and is delivered', async () => {
      const { dev, page, says, textOf } = await start();
      const sending = dev.send('myapp-hello', '{"a":1}');
      await says('#messages', 'myapp-hello');
      await says('#messages .state', 'waits 30 s');
      await says('#messages .state', 'waits 29 s');
      await page.click('#messages [role=option]');
      await says('#details', 'up to 30 s for "myapp" to be registered');
      await painted(page, light.arrival);
      const app = await dev.listen('myapp');
      await app.stdout.first('the notification');
      await says('#messages .state', 'notified');
      await says('#apps', 'myapp127.0.0.1:');
      await says('#details .story', 'notified → 127.0.0.1:');
      expect(await textOf('.payload')).to.equal(String.raw`{"function":"myapp-hello","body":"{\"a\":1}"}`);
      await painted(page, light.notified);
      await sending;
    });

    itHere('shows why a message was not delivered: reason, advice and each step', async () => {
      const { dev, page, says, textOf } = await start();
      await dev.send('--topic', 's2u/cv12345/command', '{"function":"reboot"}');
      await says('#messages .state', 'malformed-name');
      await page.focus('#messages');
      await page.keyboard.press('ArrowDown');
      await says('#details', 'what precedes the first dash is the app');
      expect(await textOf('.steps .ends')).to.match(/✗ split.*no dash/);
      await says('#counts', '1 message: 0 notified, 1 not delivered');
    });

    itHere('sends, registers and unregisters with the keyboard, and says what became of it', async () => {
      const { dev, page, says, submit } = await start();
      const port = await freePort();
      await submit('register', { name: 'myapp', port: `${port}` });
      await says('#said', `registered "myapp": 127.0.0.1:${port}\nnothing listens on`);
      await dev.events.first('the registration', ({ event }) => event === 'registered');
      await submit('send', { name: 'myapp-hello', body: '{"a":1}' });
      await says('#said', 'myapp-hello: nobody hears');
      await says('#apps .problem', 'nothing listens there');
      await page.focus('#apps button');
      await page.keyboard.press(' ');
      await says('#said', 'removed "myapp"');
      await says('#apps', 'No app is registered.');
      await submit('send', { name: 'myapp-hello', timeout: '300' });
      await says('#said', 'myapp-hello: expired');
      await says('#details h2', 'myapp-hello');
      await says('#details .state', 'expired');
    });

    itHere(
      'stands still while it is paused, shows a message at a click on its mark, and filters the list',
      async () => {
        const { dev, page, says, textOf } = await start();
        await dev.listen('myapp');
        await dev.send('myapp-hello');
        await says('#messages', 'myapp-hello');
        await painted(page, light.notified);
        await page.click('#pause');
        // The frame that shows the moment of the click.
        await page.evaluate(
          'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))',
        );
        const { x, y } = await painted(page, light.notified);
        await dev.send('reboots-now', '--timeout', '100ms');
        await says('#counts', '2 messages: 1 notified, 1 not delivered');
        expect(await textOf('#messages')).not.to.contain('reboots-now');
        expect(await painted(page, light.notified)).to.deep.equal({ x, y });
        await page.select('#filter', 'rejected');
        await page.waitForFunction("document.querySelector('#messages').childElementCount === 0");
        await page.select('#filter', 'all');
        await page.waitForFunction("document.querySelector('#messages').childElementCount === 1");
        await page.click('#diagram', { offset: { x: x + 1, y: y + 3 } });
        await says('#details h2', 'myapp-hello');
        await page.click('#pause');
        await says('#messages', 'reboots-now');
        await page.select('#filter', 'rejected');
        await page.waitForFunction("document.querySelector('#messages').childElementCount === 1");
        await says('#messages', 'reboots-now');
      },
    );

    itHere('refuses what the platform and cvmain refuse, and says what to do', async () => {
      const { says, submit } = await start();
      await submit('send', { name: 'reboot' });
      await says('#said', 'a full name is <app>-<message>');
      await submit('send', { name: 'myapp-hello', timeout: '99' });
      await says('#said', 'the platform takes 100 to 60000 ms');
      await submit('register', { name: 'myapp', port: '70000' });
      await says('#said', 'a port, 1 to 65535');
      await submit('register', { name: 'myapp', host: '127.0.0.1' });
      await says('#said', 'give the port, too');
      await says('#apps', 'No app is registered.');
      await submit('register', { name: 'vg:mine' });
      await says('#said', 'choose another name');
      await submit('register', { name: 'my-app' });
      await says('#said', 'can never receive a message');
    });

    itHere('shows hostile names and payloads as text', async () => {
      const { dev, says, submit, textOf, page } = await start();
      const name = `<img src=x onerror=alert(1)>"'\u202e`;
      const shown = name.replace('\u202e', '\\u202e');
      await submit('register', { name });
      await says('#said', `registered "${shown}"`);
      await says('#apps .name', shown);
      await submit('send', {
        name: `${name}-<script>alert(2)</script>`,
        body: '</pre><script>alert(3)</script>',
      });
      await says('#messages .name', `${shown}-<script>`);
      await says('#details', '</pre><script>');
      await dev.send('--topic', 's2u/cv12345/<b>x', '\u0001<svg onload=alert(4)>');
      await says('#counts', '2 messages');
      await page.focus('#messages');
      await page.keyboard.press('Home');
      await says('#details h2', '<b>x');
      expect(await textOf('.payload')).to.contain('<svg onload=alert(4)>');
      expect(await page.$$('img, #details script, #details b b, main svg[onload]')).to.deep.equal([]);
      await page.click('#apps button');
      await says('#said', `removed "${shown}"`);
      expect(steeringIn(await textOf('body'))).to.deep.equal([]);
    });

    itHere('has its history again after it was loaded again, and goes on after a restart', async () => {
      const port = await freePort();
      const { dev, page, says, submit } = await start(1_280, port);
      await dev.integrations('add', 'myapp');
      await dev.send('myapp-hello');
      await says('#counts', '1 message: 1 notified');
      await page.reload();
      await says('#counts', '1 message: 1 notified');
      await says('#apps', 'myapp');
      await dev.end('SIGINT');
      await says('#connection', 'does not answer');
      await startDev(atEnd, '--page', '--page-port', `${port}`);
      await says('#connection', 'live');
      await says('#counts', '0 messages');
      await submit('register', { name: 'myapp' });
      await says('#said', 'registered "myapp"');
    });

    itHere('works in five windows, and says in a sixth that one has to be closed', async () => {
      const { dev, page, says, submit } = await start();
      const others: Page[] = [];
      for (let nth = 2; nth <= 6; nth += 1) {
        const other = await page.browser().newPage();
        atEnd(() => other.close());
        await other.goto(await urlOf(dev));
        const state = nth < 6 ? 'live' : 'too many windows show this page: close one';
        await other.waitForFunction(`document.querySelector('#connection').textContent === '${state}'`);
        others.push(other);
      }
      await page.bringToFront();
      await submit('register', { name: 'myapp' });
      await says('#said', 'registered "myapp"');
      const [last] = others.splice(-1);
      await others[0]?.goto('about:blank');
      await last?.bringToFront();
      await last?.waitForFunction("document.querySelector('#apps').textContent.includes('myapp')");
    });

    itHere('fits 360 px', async () => {
      const { dev, page, says } = await start(360);
      await dev.send('long'.repeat(100).concat('-x'), '--timeout', '100ms');
      await says('#counts', '1 not delivered');
      await page.focus('#messages');
      await page.keyboard.press('ArrowDown');
      await says('#details', 'expired');
      expect(await isTooWide(page)).to.equal(false);
    });

    itHere('is dark where the system is, and moves once a second where motion is reduced', async () => {
      if (program === 'firefox-esr') {
        // By settings, as WebDriver BiDi can't emulate them.
        await browser?.close();
        browser = await startFirefox({ 'ui.systemUsesDarkTheme': 1, 'ui.prefersReducedMotion': 1 });
      }
      const { page, dev } = await start();
      if (program === 'chromium')
        await page.emulateMediaFeatures([
          { name: 'prefers-color-scheme', value: 'dark' },
          { name: 'prefers-reduced-motion', value: 'reduce' },
        ]);
      await dev.integrations('add', 'myapp');
      await dev.send('myapp-hello');
      await painted(page, dark.notified);
      const paints = await page.evaluate(`new Promise((done) => {
        const { prototype } = CanvasRenderingContext2D;
        const clear = prototype.clearRect;
        let count = 0;
        prototype.clearRect = function (...args) { count += 1; clear.apply(this, args); };
        setTimeout(() => { prototype.clearRect = clear; done(count); }, 2_000);
      })`);
      expect(paints).to.be.within(1, 3);
    });
  });
}
