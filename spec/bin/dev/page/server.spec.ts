import { once } from 'node:events';
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { connect } from 'node:http2';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { tokenHeader } from '../../../../bin/dev/page/guard.js';
import { type LivePage, startPage } from '../../../../bin/dev/page/server.js';
import { endingAfterTest } from '../../../rig/at-end.js';
import { rightOf } from '../../../support/either.js';
import { made } from './events.js';

describe('live page, server', () => {
  const atEnd = endingAfterTest();

  /** A page whose actions are recorded. */
  const start = async () => {
    const page = rightOf(await startPage(0));
    atEnd(page.close);
    const done: unknown[] = [];
    page.act({
      run: (name, input) => {
        done.push([name, input]);
        return name === 'send' ? Promise.resolve(E.right({ text: 'sent', warnings: [] })) : undefined;
      },
      close: () => Promise.resolve(),
    });
    return { page, done, token: await tokenOf(page) };
  };

  interface Asked {
    readonly method?: string;
    readonly headers?: OutgoingHttpHeaders;
    readonly body?: string;
  }

  const open = async ({ url }: LivePage, path: string, asked: Asked = {}): Promise<IncomingMessage> => {
    const { method = 'GET', headers = {}, body } = asked;
    const sent = request(new URL(path, url), { method, headers });
    sent.on('error', () => undefined);
    sent.end(body);
    const [response]: IncomingMessage[] = await once(sent, 'response');
    if (response === undefined) throw new Error('no response');
    return response;
  };

  const ask = async (page: LivePage, path: string, asked: Asked = {}) => {
    const response = await open(page, path, asked);
    const chunks: Buffer[] = await response.toArray();
    return { status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() };
  };

  const tokenOf = async (page: LivePage): Promise<string> =>
    /name="token" content="(\w{64})"/.exec((await ask(page, '/')).text)?.[1] ?? '';

  const asThePage = ({ url }: LivePage, token: string) => ({
    origin: url.slice(0, -1),
    'content-type': 'application/json',
    [tokenHeader]: token,
  });

  it('serves the page and all that it imports, and nothing else', async () => {
    const { page } = await start();
    const seen = new Set<string>();
    const visit = async (path: string): Promise<void> => {
      if (seen.has(path)) return;
      seen.add(path);
      const { status, text } = await ask(page, path);
      expect(status, path).to.equal(200);
      const links = [...text.matchAll(/(?:src|href)="(\/[^"]+)"|^import [^;]* from '([^']+)';/gm)];
      for (const [, link, module] of links)
        await visit(new URL(link ?? module ?? '', new URL(path, page.url)).pathname);
    };
    await visit('/');
    expect(seen).to.include.all.keys('/live.css', '/live/main.js', '/lib/report/page/dom.js');
    for (const path of [
      '/favicon.ico',
      '/live/',
      '/live/../server.js',
      '/live/%2e%2e/server.ts',
      '/package.json',
    ])
      expect((await ask(page, path)).status, path).to.equal(404);
  });

  it('forbids to frame it, to keep it, to share it with other sites, and any script but its own', async () => {
    const { page } = await start();
    for (const path of ['/', '/live/main.js', '/nothing', '/do/send']) {
      const { headers } = await ask(page, path);
      expect(headers, path).to.include({
        'x-frame-options': 'DENY',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['content-security-policy'])
        .to.contain("default-src 'none'; script-src 'self'; style-src 'self'")
        .and.to.contain("frame-ancestors 'none'")
        .and.not.to.contain('unsafe');
      expect(headers).not.to.have.any.keys('access-control-allow-origin', 'set-cookie');
    }
    expect((await ask(page, '/')).text).not.to.match(
      /<script(?![^>]* src=)(?![^>]*application\/json)| on\w+=| style=/,
    );
  });

  it('acts for the page', async () => {
    const { page, done, token } = await start();
    const asked = { method: 'POST', headers: asThePage(page, token), body: '{"name":"a-x"}' };
    expect(await ask(page, '/do/send', asked)).to.include({
      status: 200,
      text: '{"text":"sent","warnings":[]}',
    });
    expect(done).to.deep.equal([['send', { name: 'a-x' }]]);
    expect((await ask(page, '/do/other', asked)).status).to.equal(404);
    expect((await ask(page, '/do/send', { ...asked, body: '{' })).status).to.equal(400);
  });

  it('does nothing for anybody else', async () => {
    const { page, done, token } = await start();
    const own = asThePage(page, token);
    const wrong: readonly OutgoingHttpHeaders[] = [
      { ...own, host: 'evil.example' },
      {
        ...own,
        host: `evil.example:${new URL(page.url).port}`,
        origin: `http://evil.example:${new URL(page.url).port}`,
      },
      { ...own, origin: 'http://evil.example' },
      { ...own, 'sec-fetch-site': 'cross-site' },
      { ...own, [tokenHeader]: 'f'.repeat(64) },
      { ...own, [tokenHeader]: '' },
    ];
    for (const headers of wrong)
      expect((await ask(page, '/do/send', { method: 'POST', headers, body: '{}' })).status).to.equal(403);
    expect((await ask(page, '/do/send?name=a-x', { headers: own })).status).to.equal(405);
    expect((await ask(page, '/', { headers: { host: 'evil.example' } })).text).not.to.contain(token);
    expect((await ask(page, '/events', { headers: { host: 'evil.example' } })).status).to.equal(403);
    expect(done).to.deep.equal([]);
  });

  it('says that an HTTP/2 client has called, as one of gRPC', async () => {
    let calls = 0;
    const page = rightOf(
      await startPage(0, () => {
        calls += 1;
      }),
    );
    atEnd(page.close);
    const client = connect(page.url);
    client.on('error', () => undefined);
    await once(client, 'close');
    expect(calls).to.equal(1);
  });

  it('reads at most 16 KB', async () => {
    const { page, done, token } = await start();
    const body = JSON.stringify('x'.repeat(20_000));
    const asked = { method: 'POST', headers: asThePage(page, token), body };
    expect((await ask(page, '/do/send', asked)).status).to.equal(400);
    expect(done).to.deep.equal([]);
  });

  it('listens on 127.0.0.1 only, and says so if the port is in use', async () => {
    const { page } = await start();
    expect(page.url).to.match(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const port = Number(new URL(page.url).port);
    expect(await startPage(port)).to.deep.equal(
      E.left(`port ${port} of the page is in use; choose another with --page-port`),
    );
  });

  it('streams the history, then what happens, each event once', async () => {
    const { page } = await start();
    page.take(made.received(0, 1));
    const first = await open(page, '/events');
    page.take(made.received(0, 2));
    const second = await open(page, '/events');
    page.take(made.received(0, 3));
    for (const stream of [first, second]) {
      let text = '';
      for await (const chunk of stream) {
        text += chunk;
        if (text.includes('"digest":"3"')) break;
      }
      expect(text).to.match(/^event: hello\ndata: \{"run":"\w+","now":\d+\}\n\n/);
      expect([...text.matchAll(/"digest":"(\d)"/g)].map(([, id]) => id)).to.deep.equal(['1', '2', '3']);
    }
  });

  it('serves a few pages at once', async () => {
    const { page } = await start();
    const streams: IncomingMessage[] = [];
    for (let at = 0; at < 5; at += 1) streams.push(await open(page, '/events'));
    expect((await ask(page, '/events')).text).to.equal('event: full\ndata\n\n');
    streams[0]?.destroy();
    let text = '';
    while (!text.startsWith('event: hello')) {
      const [chunk = ''] = await once(await open(page, '/events'), 'data');
      text = `${chunk}`;
    }
  });

  it('cuts off a page that does not read', async () => {
    const { page } = await start();
    const stream = await open(page, '/events');
    stream.pause();
    const ended = once(stream.socket, 'close');
    const payload = 'x'.repeat(1_000);
    for (let id = 0; id < 40_000; id += 1) page.take(made.unheard(id, `${id} ${payload}`));
    stream.on('error', () => undefined);
    stream.resume();
    await ended;
  });
});
