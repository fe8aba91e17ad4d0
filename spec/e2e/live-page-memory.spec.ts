import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import type { Page } from 'puppeteer-core';
import { startPage } from '../../bin/dev/page/server.js';
import { made } from '../bin/dev/page/events.js';
import { endingAfterTest } from '../rig/at-end.js';
import { startChromium } from '../rig/chromium.js';
import { openLivePage } from '../rig/live-page.js';
import { measured } from '../rig/measured.js';
import { itWithChromium } from '../rig/programs.js';
import { rightOf } from '../support/either.js';

/** An hour of 100 messages a second. */
const hour = 360_000;

/** Messages between two measurements. */
const part = 36_000;

/** Most messages that the page is behind. */
const behind = 3_000;

const mb = (bytes: number): number => bytes / 1024 / 1024;

describe('the memory of the live page', function () {
  this.timeout(600_000);
  const atEnd = endingAfterTest();

  itWithChromium(
    'does not grow in an hour of 100 messages a second, in the server and in the browser',
    async () => {
      const live = rightOf(await startPage(0));
      atEnd(live.close);
      const browser = await startChromium();
      atEnd(() => browser.close());
      const { page, says } = await openLivePage(browser, live.url);
      live.take(made.started());
      for (let at = 0; at < 20; at += 1) live.take(made.registered(0, `app${at}`));

      const sizes: { readonly server: number; readonly heap: number; readonly nodes: number }[] = [];
      const begun = Date.now();
      for (let sent = 0; sent < hour; ) {
        for (const end = sent + behind; sent < end; sent += 1) {
          // As fast as the page takes them: the diagram's minute is as full as it can be.
          const [at, name] = [begun + sent / 10, `app${sent % 25}-x`];
          live.take(made.received(at, sent, name));
          if (sent % 25 >= 20) live.take(made.held(at, sent, 30_000, name));
          else live.take(made.called(at, sent));
          if (sent >= 200) {
            const id = sent - 200;
            live.take(
              id % 25 >= 20
                ? made.rejected(at, id, `app${id % 25}-x`)
                : made.notified(at, id, `app${id % 25}-x`),
            );
          }
        }
        await says('#counts', `${sent}`.replace(/\B(?=(\d{3})+$)/g, ','));
        if (sent % part === 0) sizes.push({ server: serverMb(), ...(await pageSize(page)) });
      }
      const [, first, ...later] = sizes;
      const last = later.at(-1);
      if (first === undefined || last === undefined) throw new Error('nothing was measured');
      const said = JSON.stringify(sizes);
      expect(last.nodes, said).to.be.below(2_000);
      expect(last.heap, said).to.be.below(50);
      expect(last.nodes - first.nodes, said).to.be.below(500);
      expect(last.heap - first.heap, said).to.be.below(5);
      expect(last.server - first.server, said).to.be.below(20);
      measured(said);
    },
  );
});

/** The heap of this process, in which the server runs, after garbage collection, MB. */
const serverMb = (): number => {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return mb(process.memoryUsage().heapUsed);
};

/** The page's heap after garbage collection, MB, and the nodes of its document. */
const pageSize = async (page: Page): Promise<{ readonly heap: number; readonly nodes: number }> => {
  const session = await page.createCDPSession();
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  const nodes = Number(await page.evaluate("document.querySelectorAll('*').length"));
  return { heap: mb(usedSize), nodes };
};
