import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type { Browser } from 'puppeteer-core';
import { startPage } from '../../bin/dev/page/server.js';
import { endingAfterTest } from '../rig/at-end.js';
import { startBrowser } from '../rig/live-page.js';
import { browsers, itWith, pathOf } from '../rig/programs.js';
import { rightOf } from '../support/either.js';

/** What a page of another site can try, without and with the answer; a form and a frame as HTML. */
const attack = (url: string): string => `(async () => {
  const tried = async (attempt) => attempt().then((answer) => answer.type + ' ' + answer.status, () => 'failed');
  const post = { method: 'POST', body: '{"name":"stolen"}', credentials: 'include' };
  const results = {
    read: await tried(() => fetch('${url}')),
    blind: await tried(() => fetch('${url}do/register', { ...post, mode: 'no-cors' })),
    json: await tried(() => fetch('${url}do/register', { ...post, headers: { 'content-type': 'application/json' } })),
    get: await tried(() => fetch('${url}do/register?name=stolen', { mode: 'no-cors' })),
    events: await new Promise((done) => {
      const source = new EventSource('${url}events');
      source.onerror = () => { source.close(); done('failed'); };
      source.onopen = () => { source.close(); done('open'); };
    }),
    module: await import('${url}live/main.js').then(() => 'loaded', () => 'failed'),
  };
  const target = document.createElement('iframe');
  target.name = 'target';
  document.body.append(target);
  const form = Object.assign(document.createElement('form'), { method: 'post', action: '${url}do/register', target: 'target', enctype: 'text/plain' });
  form.append(Object.assign(document.createElement('input'), { name: '{"name":"stolen","x":"', value: '"}' }));
  document.body.append(form);
  const loaded = new Promise((done) => { target.onload = done; });
  form.submit();
  await loaded;
  return results;
})()`;

for (const [title, program] of Object.entries(browsers)) {
  describe(`the live page and other sites in ${title}`, () => {
    const atEnd = endingAfterTest();
    let browser: Browser | undefined;

    before(async () => {
      if (pathOf(program) !== undefined) browser = await startBrowser[program]();
    });
    after(() => browser?.close());

    itWith(program)('gives another origin neither content nor action', async () => {
      const live = rightOf(await startPage(0));
      atEnd(live.close);
      const done: string[] = [];
      live.act({
        run: (name) => {
          done.push(name);
          return Promise.resolve(E.right({ text: 'done', warnings: [] }));
        },
        close: () => Promise.resolve(),
      });
      const evil = createServer((_, response) => {
        response.setHeader('content-type', 'text/html').end('<!doctype html><title>another site</title>');
      }).listen(0, '127.0.0.1');
      atEnd(() => evil.closeAllConnections());
      atEnd(() => evil.close());
      await once(evil, 'listening');
      const address = evil.address();
      const page = await browser?.newPage();
      if (page === undefined || typeof address !== 'object') throw new Error('no browser or no server');
      atEnd(() => page.close());
      await page.goto(`http://127.0.0.1:${address?.port}/`);
      const results = await page.evaluate(attack(live.url));
      expect(results).to.deep.include({ read: 'failed', json: 'failed', events: 'failed', module: 'failed' });
      expect(results).to.have.property('blind').that.is.oneOf(['failed', 'opaque 0']);
      expect(results).to.have.property('get').that.is.oneOf(['failed', 'opaque 0']);
      expect(done).to.deep.equal([]);

      await page.goto(live.url);
      await page.waitForFunction("document.querySelector('#connection')?.textContent === 'live'");
      await page.type('#register [name=name]', 'mine');
      await page.keyboard.press('Enter');
      await page.waitForFunction("document.querySelector('#said').textContent === 'done'");
      expect(done, 'the page itself can').to.deep.equal(['register']);
    });
  });
}
