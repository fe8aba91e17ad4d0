import type { IncomingHttpHeaders } from 'node:http';
import { expect } from 'chai';
import { refusalOf, tokenHeader } from '../../../../bin/dev/page/guard.js';

const own = { port: 7_780, token: 'secret' };
const host = '127.0.0.1:7780';
const good = {
  host,
  origin: `http://${host}`,
  'sec-fetch-site': 'same-origin',
  'content-type': 'application/json',
  [tokenHeader]: own.token,
};

const statusOf = (method: string, path: string, headers: IncomingHttpHeaders): number | undefined =>
  refusalOf({ method, path, headers }, own)?.status;

describe('live page, guard', () => {
  it('lets the page read and act, by both of its names', () => {
    for (const name of ['127.0.0.1:7780', 'localhost:7780']) {
      for (const path of ['/', '/events', '/live/main.js'])
        expect(statusOf('GET', path, { host: name })).to.equal(undefined);
      const headers = { ...good, host: name, origin: `http://${name}` };
      expect(statusOf('POST', '/do/send', headers)).to.equal(undefined);
    }
  });

  for (const name of [
    'evil.example:7780',
    '127.0.0.1',
    '127.0.0.1:80',
    'localhost',
    '127.0.0.1:7780.evil.example',
    '[::1]:7780',
    '',
    undefined,
  ])
    it(`refuses the host ${name}`, () => {
      const headers = name === undefined ? {} : { host: name };
      expect(statusOf('GET', '/', headers)).to.equal(403);
      expect(statusOf('GET', '/events', headers)).to.equal(403);
      expect(statusOf('POST', '/do/send', { ...good, host: name, origin: `http://${name}` })).to.equal(403);
    });

  const wrong: Readonly<Record<string, readonly [number, Readonly<Record<string, string | undefined>>]>> = {
    'another origin': [403, { origin: 'http://evil.example' }],
    'another port of this machine': [403, { origin: 'http://127.0.0.1:7781' }],
    'the other name of this page': [403, { origin: 'http://localhost:7780' }],
    'a sandboxed page': [403, { origin: 'null' }],
    'no origin': [403, { origin: undefined }],
    'another site': [403, { 'sec-fetch-site': 'cross-site' }],
    'another port, by the browser': [403, { 'sec-fetch-site': 'same-site' }],
    'no token': [403, { [tokenHeader]: undefined }],
    'another token': [403, { [tokenHeader]: 'secreT' }],
    'a longer token': [403, { [tokenHeader]: 'secret1' }],
    'a form of HTML': [415, { 'content-type': 'application/x-www-form-urlencoded' }],
    'a plain text': [415, { 'content-type': 'text/plain' }],
  };
  for (const [title, [status, headers]] of Object.entries(wrong))
    it(`refuses an action from ${title}`, () => {
      expect(statusOf('POST', '/do/send', { ...good, ...headers })).to.equal(status);
    });

  it('changes nothing by GET, and serves nothing by POST', () => {
    for (const path of ['/do/send', '/do/register', '/do/unregister', '/do/?x'])
      expect(statusOf('GET', path, good)).to.equal(405);
    expect(statusOf('POST', '/', good)).to.equal(405);
    for (const method of ['PUT', 'DELETE', 'OPTIONS', 'HEAD'])
      expect(statusOf(method, '/do/send', good)).to.equal(405);
  });

  it('gives other sites nothing but a link to the page', () => {
    const headers = { host, 'sec-fetch-site': 'cross-site' };
    expect(statusOf('GET', '/', headers)).to.equal(undefined);
    for (const path of ['/events', '/live/main.js']) expect(statusOf('GET', path, headers)).to.equal(403);
  });
});
