import { scoped } from '../../spec/rig/at-end.js';
import { startChromium } from '../../spec/rig/chromium.js';
import { startDev } from '../../spec/rig/dev.js';
import { openLivePage } from '../../spec/rig/live-page.js';

/** Photographs the live page of `cvmqtt dev`: messages that were delivered, one that waits, and why one was not delivered. */
export const photographLivePage = (target: string): Promise<void> =>
  scoped(async (atEnd) => {
    const dev = await startDev(atEnd, '--page', '--page-port', '0');
    const started = await dev.events.first('the start', ({ event }) => event === 'started');
    const browser = await startChromium();
    atEnd(() => browser.close());
    const url = started.event === 'started' ? (started.page ?? '') : '';
    const { page, says } = await openLivePage(browser, url, { width: 1_080, height: 840 });
    await page.select('#span', '15000');
    await dev.listen('doors');
    await dev.listen('lights');
    const late = dev.send('screen-show', '{"text":"hello"}', '--timeout', '3s');
    await says('#messages', 'screen-show');
    for (const name of ['doors-open', 'lights-on', 'doors-open', 'lights-off'])
      await dev.send(name, '{"number":3}');
    await late;
    void dev.send('camera-take-picture', '{"count":2}');
    await dev.send('doors-open', '{"number":4}');
    await says('#counts', '7 messages');
    await page.focus('#messages');
    await page.keyboard.press('End');
    await says('#details', 'expired');
    await page.screenshot({ path: target });
  });
