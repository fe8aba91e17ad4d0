import { expect } from 'chai';
import type { Browser, Page } from 'puppeteer-core';
import { dark, light } from '../../lib/report/palette.js';
import type { Run } from '../../lib/report/run.js';
import { stepNames } from '../../lib/rules/steps.js';
import { type Opening, type OpenReport, openReport, startChromium } from '../rig/chromium.js';
import { startFirefox } from '../rig/firefox.js';
import { itWith, itWithChromium, pathOf } from '../rig/programs.js';
import { countedRun, madeUpRun, notified, rejected, smallRun } from '../support/runs.js';

const textOf = (page: Page, selector: string): Promise<string> =>
  page.$eval(selector, (found) => found.textContent ?? '');

/** The colour of the canvas at a point of the window, as `#rrggbb`. */
const colourAt = async (page: Page, { x, y }: { readonly x: number; readonly y: number }): Promise<string> =>
  `${await page.evaluate(`(() => {
    const canvas = document.querySelector('#plot');
    const { left, top } = canvas.getBoundingClientRect();
    const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const scale = devicePixelRatio;
    context.drawImage(canvas, Math.floor((${x} - left) * scale), Math.floor((${y} - top) * scale), 1, 1, 0, 0, 1, 1);
    return '#' + [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)].map((part) => part.toString(16).padStart(2, '0')).join('');
  })()`)}`;

/** A computed style. */
const styleOf = (page: Page, selector: string, property: string): Promise<unknown> =>
  page.evaluate(`getComputedStyle(document.querySelector('${selector}')).${property}`);

/** Turns the wheel with Ctrl, which zooms. */
const zoomByWheel = async (page: Page, deltaY: number): Promise<void> => {
  await page.keyboard.down('Control');
  await page.mouse.wheel({ deltaY });
  await page.keyboard.up('Control');
};

describe('report in a browser', () => {
  let browser: Browser | undefined;
  let opened: OpenReport | undefined;

  before(async () => {
    if (pathOf('chromium') !== undefined) browser = await startChromium();
  });
  after(() => browser?.close());
  afterEach(async () => {
    await opened?.close();
    // In every test: no error, no request, no dialog.
    expect(opened?.complaints ?? []).to.deep.equal([]);
  });

  const open = async (run: Run, opening?: Opening): Promise<OpenReport> => {
    if (browser === undefined) throw new Error('no browser');
    opened = await openReport(browser, run, opening);
    return opened;
  };

  for (const [scheme, palette] of Object.entries({ light, dark }) as ['light' | 'dark', typeof light][]) {
    itWithChromium(`draws marbles where they belong, ${scheme}`, async () => {
      const { page, pointOf } = await open(smallRun(), { scheme });
      expect(await page.title()).to.equal('sample.ndjson');
      expect(await colourAt(page, await pointOf('int1', 300))).to.equal(palette.notified);
      expect(await colourAt(page, await pointOf('refused', 17_206))).to.equal(palette.refused);
      expect(await colourAt(page, await pointOf('overflow', 18_500))).to.equal(palette.waited);
      expect(await colourAt(page, await pointOf('arrivals', 300))).to.equal(palette.arrival);
      expect(await colourAt(page, await pointOf('undecodable', 10_500))).to.equal(palette.line);
    });
  }

  itWithChromium('changes between light and dark at a click', async () => {
    const { page, pointOf, painted } = await open(smallRun());
    const marble = await pointOf('int1', 300);
    for (const palette of [dark, light]) {
      await page.click('#theme');
      await painted();
      expect(await colourAt(page, marble)).to.equal(palette.notified);
      const paper = await styleOf(page, 'html', 'backgroundColor');
      expect(paper).to.equal(
        `rgb(${[1, 3, 5].map((at) => Number.parseInt(palette.paper.slice(at, at + 2), 16)).join(', ')})`,
      );
    }
  });

  itWithChromium('shows the message under the pointer, with its decision and its notification', async () => {
    const { page, pointOf, painted } = await open(smallRun());
    const { x, y } = await pointOf('int1', 10_400);
    await page.mouse.move(x, y);
    await painted();
    expect(await textOf(page, '#details h2')).to.equal('int1-show-code');
    const steps = await page.$$eval('.steps b', (found) => found.map((step) => step.textContent));
    expect(steps).to.deep.equal([...stepNames]);
    expect(await textOf(page, '.notification'))
      .to.include('{"door":9}')
      .and.include('2026-11-23T08:03:10.400Z');
    expect(await textOf(page, '.facts')).to.include('{"function":"int1-show-code"');
  });

  itWithChromium('shows the waiting message under the pointer', async () => {
    const { page, pointOf, painted } = await open(smallRun());
    const { x, y } = await pointOf('unregistered', 10_000);
    await page.mouse.move(x, y);
    await painted();
    expect(await textOf(page, '#details h2')).to.equal('kiosk-hello');
    expect(await textOf(page, '.steps .stopped .finding')).to.equal('held 5 s; it did not register');
  });

  itWithChromium('keeps the clicked message until Escape', async () => {
    const { page, pointOf, painted } = await open(smallRun());
    const expired = await pointOf('expired', 14_600);
    const other = await pointOf('int1', 10_400);
    await page.mouse.click(expired.x, expired.y);
    await page.mouse.move(other.x, other.y);
    await painted();
    expect(await textOf(page, '#details .headline')).to.equal('expired · 2 s');
    await page.keyboard.press('Escape');
    await painted();
    expect(await textOf(page, '#details')).to.equal('');
    expect(await styleOf(page, '.hint', 'display')).to.equal('block');
  });

  itWithChromium('can be navigated by keyboard, and announces the position', async () => {
    const { page, painted } = await open(smallRun());
    await page.focus('#stage');
    const said: string[] = [];
    for (const key of ['ArrowDown', 'Home', 'ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowDown'] as const) {
      await page.keyboard.press(key);
      await painted();
      said.push(await textOf(page, '#said'));
    }
    expect(said.slice(1)).to.deep.equal([
      'arrivals: int1-open-door, notified after 4 ms, arrived at 300 ms',
      'arrivals: vg:upgrader-get-settings, notified after 4 ms, arrived at 1.2 s',
      'live set: +2 at 0',
      'undecodable: (no name, on s2u/cv12345/command), undecodable after 0, arrived at 3.3 s',
      'malformed-name: reboot, malformed-name after 0, arrived at 1.5 s',
    ]);
    await page.keyboard.press('Enter');
    await painted();
    expect(await textOf(page, '#said')).to.equal('pinned');
    expect(await page.$eval('#message', (message) => message.className)).to.equal('open pinned');
  });

  itWithChromium('splits a column on zooming: with Enter, the wheel, and the buttons', async () => {
    const { page, pointOf, painted } = await open(smallRun());
    const heading = async (): Promise<string> => {
      await painted();
      return textOf(page, '#details h2');
    };
    const column = await pointOf('arrivals', 11_950);
    await page.mouse.click(column.x, column.y);
    expect(await heading()).to.equal('40 messages');
    await page.keyboard.press('Enter');
    expect(await heading()).to.equal('int1-blink');
    await page.keyboard.press('0');
    expect(await heading()).to.equal('40 messages');
    await zoomByWheel(page, -2_600);
    expect(await heading()).to.not.equal('40 messages');
    await page.click('#fit');
    expect(await heading()).to.equal('40 messages');
    for (let times = 0; times < 9; times += 1) await page.click('#in');
    expect(await heading()).to.equal('int1-blink');
    for (let times = 0; times < 9; times += 1) await page.keyboard.press('-');
    expect(await heading()).to.equal('40 messages');
  });

  itWithChromium('pans when dragged, up to its ends', async () => {
    const { page, pointOf, painted } = await open(smallRun());
    const marble = await pointOf('undecodable', 3_300);
    await page.mouse.move(marble.x, marble.y);
    await zoomByWheel(page, -600);
    await painted();
    expect(await colourAt(page, marble)).to.equal(light.message);
    await page.mouse.down();
    await page.mouse.move(marble.x + 60, marble.y, { steps: 4 });
    await page.mouse.up();
    await painted();
    expect(await colourAt(page, { ...marble, x: marble.x + 60 })).to.equal(light.message);
    await page.click('#fit');
    await page.mouse.move(marble.x, marble.y + 10);
    await page.mouse.down();
    await page.mouse.move(marble.x + 90, marble.y, { steps: 4 });
    await page.mouse.up();
    await painted();
    expect(await colourAt(page, marble)).to.equal(light.message);
  });

  itWithChromium('filters by result, lane and text, and shows all again', async () => {
    const { page, pointOf, painted } = await open(smallRun());
    const passing = async (): Promise<string> => {
      await painted();
      return textOf(page, '#passing');
    };
    await page.type('#search', 'BLINK');
    expect(await passing()).to.equal('42 of 68 shown');
    await page.click('#all');
    expect(await passing()).to.equal('');
    await page.click('.result');
    expect(await passing()).to.equal('10 of 68 shown');
    expect(await page.$eval('.result', (button) => button.getAttribute('aria-pressed'))).to.equal('false');
    await page.click('.result');
    await page.click('tbody tr:nth-child(2) button');
    expect(await passing()).to.equal('54 of 68 shown for int1');
    await page.click('#all');
    const { y } = await pointOf('refused', 0);
    await page.mouse.click(60, y);
    expect(await passing()).to.equal('1 of 68 shown');
  });

  itWithChromium('has a help text, and gives each control a name', async () => {
    const { page } = await open(smallRun());
    await page.keyboard.press('?');
    expect(await page.$eval('#help', (help) => help.hasAttribute('open'))).to.equal(true);
    await page.keyboard.press('Escape');
    expect(await page.$eval('#help', (help) => help.hasAttribute('open'))).to.equal(false);
    const names = await page.$$eval('button, input, [tabindex="0"]', (controls) =>
      controls.map((control) => control.getAttribute('aria-label') ?? control.textContent ?? ''),
    );
    expect(names).to.have.length.above(20);
    expect(names.filter((name) => name.trim() === '')).to.deep.equal([]);
  });

  itWithChromium('works on a phone: nothing is wider than the screen, a tap opens a message', async () => {
    const viewport = { width: 360, height: 740, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
    const { page, pointOf, painted } = await open(smallRun(), { viewport });
    expect(await page.evaluate('document.documentElement.scrollWidth')).to.equal(360);
    const { x, y } = await pointOf('unregistered', 10_000);
    await page.touchscreen.tap(x, y);
    await painted();
    expect(await textOf(page, '#details h2')).to.equal('kiosk-hello');
    const sheet = await page.$eval('#message', (found) => found.getBoundingClientRect().toJSON());
    expect(sheet).to.include({ left: 0, right: 360, bottom: 740 });
    await page.tap('#close');
    await painted();
    expect(await styleOf(page, '#message', 'display')).to.equal('none');
  });

  itWithChromium('shows hostile names and payloads as text', async () => {
    const evil = `</script><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\u0000`;
    const messages = [
      { ...notified(100, evil, 'open'), preview: evil, topic: evil, body: { k: 'body' as const, v: evil } },
      rejected(200, 'undecodable', '', { detail: evil }),
    ];
    const run = { ...smallRun(), title: evil, messages, sets: [{ at: 0, names: [evil] }] };
    const { page, painted } = await open(run);
    await page.focus('#stage');
    await page.keyboard.press('ArrowDown');
    await painted();
    const shown = `</script><script>alert(1)</script><img src=x onerror=alert(2)>\\u202e\\u0000`;
    expect(await textOf(page, 'h1')).to.equal(shown);
    expect(await textOf(page, '#details')).to.include(shown);
    expect(await page.$$eval('img, iframe, object, script', (found) => found.length)).to.equal(2);
  });

  itWithChromium('expands a thousand integrations, and scrolls to the last lane', async () => {
    const { page, painted } = await open(
      madeUpRun({ messages: 5_000, durationMs: 60_000, integrations: 1_000 }),
    );
    expect(await textOf(page, '#fold')).to.equal('Show all 1,000 integrations');
    await page.click('#fold');
    await page.focus('#stage');
    await page.keyboard.press('ArrowDown');
    await page.$eval('#stage', (stage) => stage.scrollTo(0, stage.scrollHeight));
    await painted();
    const lanes = await page.$eval('#stage', (stage) => stage.scrollHeight / 32);
    expect(lanes).to.be.above(1_000);
    const box = await page.$eval('#stage', (stage) => stage.getBoundingClientRect().toJSON());
    expect(await colourAt(page, { x: box.x + 20, y: box.bottom - 26 })).to.equal(light.notified);
  });

  itWithChromium('scrolls with the wheel, and zooms with it only with Ctrl', async () => {
    const { page, pointOf, painted } = await open(smallRun(), { viewport: { width: 1_100, height: 520 } });
    const marble = await pointOf('too-large', 9_100);
    await page.mouse.move(marble.x, marble.y);
    await page.mouse.wheel({ deltaY: 40 });
    await page.waitForFunction('document.querySelector("#stage").scrollTop === 40');
    await painted();
    expect(await colourAt(page, { ...marble, y: marble.y - 40 })).to.equal(light.message);
    await page.$eval('#stage', (stage) => stage.scrollTo(0, 0));
    await painted();
    expect(await colourAt(page, marble)).to.equal(light.message);
  });

  itWithChromium('has the diagram as the first stop of Tab, and arrows that work before', async () => {
    const { page, painted } = await open(smallRun());
    await page.keyboard.press('ArrowDown');
    await painted();
    expect(await textOf(page, '#said')).to.match(/^arrivals: /);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.id')).to.equal('stage');
  });

  itWithChromium('follows a search in its counts and percentiles, and goes to the next hit', async () => {
    const { page, painted } = await open(smallRun());
    await page.type('#search', 'show-code');
    await painted();
    const switches = await page.$$eval('.result', (found) => found.map((each) => each.textContent));
    expect(switches).to.include.members(['notified5', 'overflow1', 'refused0']);
    expect(await textOf(page, '#percentiles')).to.equal('Waiting time of those found');
    expect(await textOf(page, '#latency tbody tr')).to.equal('all2.5 s4.3 s4.3 s4.3 s');
    const hits: string[] = [];
    for (const back of [false, false, true, true]) {
      if (back) await page.keyboard.down('Shift');
      await page.keyboard.press('Enter');
      if (back) await page.keyboard.up('Shift');
      await painted();
      hits.push(await textOf(page, '.facts dd'));
    }
    expect(hits.map((hit) => hit.replace(/ · .*/, ''))).to.deep.equal(['1.9 s', '5.2 s', '1.9 s', '18.5 s']);
    expect(await page.evaluate('document.activeElement.id')).to.equal('search');
  });

  itWithChromium('says of a search what is only counted, and counts it in its switches', async () => {
    const { page, painted } = await open(countedRun());
    const switches = await page.$$eval('.result', (found) => found.map((each) => each.textContent));
    expect(switches).to.include.members(['notified950,058', 'unregistered50,001']);
    await page.type('#search', 'kiosk');
    await painted();
    expect(await textOf(page, '#passing')).to.equal(
      '50,002 of 1,000,068 shown; 950,000 are only counted, and not searched',
    );
  });

  itWithChromium('draws what is only counted as blocks when zoomed in', async () => {
    const { page, painted } = await open(countedRun());
    for (let times = 0; times < 6; times += 1) await page.click('#in');
    await page.focus('#stage');
    await page.keyboard.press('ArrowDown');
    await painted();
    expect(await textOf(page, '#said')).to.equal('arrivals: 20,000 messages around 9.986 s');
    expect(await textOf(page, '#details')).to.include('20,000 of them are only counted, in steps of 256 ms');
  });

  itWithChromium('clamps long texts, with a switch for the rest', async () => {
    const detail = `begins ${'and goes on '.repeat(30)}`;
    const { page, painted } = await open({
      ...smallRun(),
      messages: [rejected(100, 'refused', 'int1-a', { detail })],
    });
    await page.keyboard.press('ArrowDown');
    await painted();
    const height = (): Promise<number> => page.$eval('.stopped .finding', (found) => found.clientHeight);
    const short = await height();
    await page.click('.stopped .more');
    expect(await height()).to.be.above(short * 1.5);
    expect(await textOf(page, '.stopped .more')).to.equal('less');
  });

  itWithChromium('is printed with all lanes, in light colours, and is as before afterwards', async () => {
    const { page, pointOf, painted } = await open(
      madeUpRun({ messages: 500, durationMs: 60_000, integrations: 14 }),
      { scheme: 'dark', viewport: { width: 900, height: 420 } },
    );
    const before = await pointOf('arrivals', 30_000);
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    const stage = await page.$eval('#stage', ({ clientHeight, scrollHeight }) => [
      clientHeight,
      scrollHeight,
    ]);
    expect(stage[0]).to.equal(stage[1]);
    expect(await colourAt(page, { x: 40, y: 400 })).to.equal(light.panel);
    expect(await styleOf(page, '#search', 'display')).to.equal('none');
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    await painted();
    expect(await pointOf('arrivals', 30_000)).to.deep.equal(before);
    expect(await styleOf(page, 'html', 'colorScheme')).to.equal('light dark');
    expect((await page.pdf({ format: 'A4', landscape: true })).length).to.be.above(10_000);
  });

  itWithChromium('shows 100,000 messages, each of them reachable', async () => {
    const { page, painted } = await open(
      madeUpRun({ messages: 100_000, durationMs: 3_600_000, integrations: 30 }),
    );
    await page.focus('#stage');
    await page.keyboard.press('ArrowDown');
    await painted();
    const counts: string[] = [];
    for (let times = 0; times < 12; times += 1) {
      counts.push(await textOf(page, '#details h2'));
      if (counts.at(-1)?.endsWith(' messages') !== true) break;
      await page.keyboard.press('Enter');
      await painted();
    }
    expect(counts.length).to.be.within(2, 6);
    expect(counts.at(-1)).to.match(/^(app\d+|vg:upgrader|cafe)-/);
  });
});

describe('report in Firefox', function () {
  this.timeout(120_000);

  itWith('firefox-esr')('draws, answers keys and a search, and raises no error', async () => {
    const browser = await startFirefox();
    try {
      const { page, complaints, pointOf, painted } = await openReport(browser, smallRun());
      expect(await colourAt(page, await pointOf('refused', 17_206))).to.equal(light.refused);
      await page.keyboard.press('ArrowDown');
      await painted();
      expect(await textOf(page, '#said')).to.match(/^arrivals: /);
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.id')).to.equal('stage');
      await page.type('#search', 'kiosk');
      await page.keyboard.press('Enter');
      await painted();
      expect(await textOf(page, '#details h2')).to.equal('kiosk-hello');
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).to.equal(true);
      expect(complaints).to.deep.equal([]);
    } finally {
      await browser.close();
    }
  });
});
