import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { Script } from 'node:vm';
import { expect } from 'chai';
import fc from 'fast-check';
import { htmlReport, pageModules, pageScript } from '../../../lib/report/html.js';
import type { RunMessage } from '../../../lib/report/run.js';
import { hostileText, steering } from '../../support/hostile-text.js';
import { arrived, madeUpRun, notified, smallRun } from '../../support/runs.js';

const page = htmlReport(smallRun());

const tagsOf = (html: string): readonly string[] =>
  [...html.matchAll(/<(\/?[a-z!][a-z0-9-]*)/gi)].map(([, tag = '']) => tag);

const dataOf = (html: string): string =>
  /<script type="application\/json" id="run">([^<]*)<\/script>/.exec(html)?.[1] ?? '';

describe('html', () => {
  it('loads nothing from anywhere else', () => {
    const addresses = [...page.matchAll(/\b(?:src|href|url|import|@import)\s*[=(]\s*["']?([^"'\s)>]*)/g)].map(
      ([, address = '']) => address.slice(0, 20),
    );
    expect(addresses).to.deep.equal(['data:image/svg+xml,%']);
  });

  it('forbids all requests, and all scripts and styles except its own, which it allows by hash', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    const hash = (text: string | undefined): string =>
      `'sha256-${createHash('sha256')
        .update(text ?? '')
        .digest('base64')}'`;
    const script = hash(/<script>([\s\S]*?)<\/script>/.exec(page)?.[1]);
    const style = hash(/<style>([\s\S]*?)<\/style>/.exec(page)?.[1]);
    expect(policy.split('; ')).to.deep.equal([
      "default-src 'none'",
      `script-src ${script}`,
      `style-src ${style}`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it('has all of its modules in one valid script', () => {
    const script = pageScript();
    expect(() => new Script(script)).to.not.throw();
    expect(script).to.not.match(/^(import|export) /m);
    expect(script).to.not.match(/<\/script|<!--/i);
    const files = readdirSync(new URL('../../../lib/report/page/', import.meta.url));
    const sources = files.filter((file) => file.endsWith('.js')).map((file) => file.replace('.js', ''));
    expect(sources.toSorted()).to.deep.equal(pageModules.toSorted());
  });

  it('shows hostile text as text only', () => {
    const hostile = fc.oneof(
      hostileText,
      fc.constantFrom('</script>', '<!--<script>', '<img src=x onerror=alert(1)>'),
    );
    const tags = tagsOf(page);
    fc.assert(
      fc.property(hostile, hostile, hostile, (title, integration, preview) => {
        const bad: RunMessage = {
          ...arrived(5, preview),
          result: { at: 6, kind: 'expired', detail: preview },
        };
        const messages = [notified(1, integration, 'hello'), bad];
        const html = htmlReport({ ...smallRun(), title, messages, sets: [{ at: 0, names: [integration] }] });
        expect(tagsOf(html)).to.deep.equal(tags);
        expect(steering(html).filter((char) => char !== '\n')).to.deep.equal([]);
        expect(() => JSON.parse(dataOf(html))).to.not.throw();
      }),
      { numRuns: 100 },
    );
  });

  it('takes about 50 bytes a message', () => {
    const run = madeUpRun({ messages: 20_000, durationMs: 3_600_000, integrations: 30 });
    expect((htmlReport(run).length - page.length) / 20_000).to.be.below(60);
  });
});
